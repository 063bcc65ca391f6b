// From a workflow's hands into the dead-letter stream: as the bridge dead-letters them, with the workflow's name, each once.
import { setTimeout as sleep } from 'node:timers/promises';
import type { JetStreamManager, StoredMsg } from 'nats';
import type { Publish } from '../../../src/adapters/nats';
import {
  createDeadLetters,
  createPublisher,
  DEAD_LETTER_HEADERS,
  DEAD_LETTERS_STREAM,
  EVENTS_STREAM,
} from '../../../src/adapters/nats';
import type { Catalogue, DomainEvent } from '../../../src/contracts';
import { createCatalogue, decodeEvent } from '../../../src/contracts';
import type { DeadLetterEvents, DeadLetterActivities } from '../../../src/effects';
import { createDeadLetterActivities } from '../../../src/effects';
import type { Lane } from '../../../src/relay/batch';
import { LANES, publishBatch } from '../../../src/relay/batch';
import { createResting } from '../../../src/relay/resting';
import { emptyStream } from '../../support/empty-stream';
import type { TestDatabase } from '../../support/database';
import { createTestDatabase } from '../../support/database';
import type { TestNats } from '../../support/nats';
import { startTestNats } from '../../support/nats';
import { pingDomain } from '../../support/ping/domain';
import { PINGED_V2 } from '../../support/ping/names';
import { writeEvents } from '../../support/relay-under-test';

const names = DEAD_LETTER_HEADERS;
const why = { reason: 'late', workflowId: 'ping-p-1', detail: 'the ping is ponged' } as const;

let nats: TestNats;
let db: TestDatabase;
let manager: JetStreamManager;
let catalogue: Catalogue;
let deadLetters: DeadLetterActivities;

beforeAll(async () => {
  nats = await startTestNats();
  db = await createTestDatabase();
  manager = await nats.connection.jetstreamManager();
  catalogue = createCatalogue([pingDomain]);
  deadLetters = createDeadLetterActivities(db.database);
});

beforeEach(async () => {
  await manager.streams.purge(EVENTS_STREAM);
  await emptyStream(manager, DEAD_LETTERS_STREAM);
});

afterAll(async () => {
  await db.end();
  await nats.stop();
});

let events = 0;

/** With everything that an event may have. */
function newEvent(of: Partial<DomainEvent> = {}): DomainEvent {
  events += 1;
  return {
    id: `event-${events}`,
    source: '/tests',
    type: PINGED_V2,
    key: 'p-1',
    time: '2026-01-02T03:04:05.678Z',
    data: { pingId: 'p-1', urgency: 3, note: 'schön' },
    causationId: 'cause-1',
    traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    ...of,
  };
}

const sendToDeadLetters = (given: DomainEvent[], of: Partial<DeadLetterEvents> = {}) =>
  deadLetters.deadLetterEvents({ events: given, ...why, ...of });
function publishOnce(publish: Publish, lane: Lane) {
  const resting = createResting({ firstMs: 1, longestMs: 1 });
  return publishBatch({ database: db.database, publish, resting }, lane);
}
async function relay(): Promise<number> {
  const publish = createPublisher(nats.connection.jetstream());
  const batches = await Promise.all(LANES.map((lane) => publishOnce(publish, lane)));
  return batches.reduce((sum, { published }) => sum + published, 0);
}

async function stored(stream: string): Promise<StoredMsg[]> {
  const { state } = await manager.streams.info(stream);
  const found: StoredMsg[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
    found.push(await manager.streams.getMessage(stream, { seq }));
  }
  return found;
}

/** What the relay has published, and all that was written before goes out again: as after a crash in between. */
async function forgetThatItWasPublished(): Promise<void> {
  await db.database.query('update sagaline.outbox set published_at = null');
}

function decoded(deadLetter: StoredMsg | undefined): DomainEvent | undefined {
  const decoding = decodeEvent({ headers: {}, body: deadLetter?.data ?? new Uint8Array() }, catalogue);
  return decoding.ok ? decoding.event : undefined;
}

test('a dead letter says why, from which workflow and when; its bytes are the same event', async () => {
  const event = newEvent();
  const before = Date.now();
  await sendToDeadLetters([event], { reason: 'unmatched', detail: 'größer als 5 €\r\nNats-TTL: 1' });
  await relay();
  const [deadLetter, ...more] = await stored(DEAD_LETTERS_STREAM);
  expect(more).toEqual([]);
  expect(deadLetter?.subject).toBe('dlq.unmatched.pings.p-1');
  expect(decoded(deadLetter)).toEqual(event);

  const { [names.detail]: detail, [names.deadLetteredAt]: deadLetteredAt, ...rest } = headersOf(deadLetter);
  expect(rest).toEqual({
    'Nats-Msg-Id': expect.any(String),
    [names.reason]: 'unmatched',
    [names.workflow]: why.workflowId,
    [names.subject]: 'evt.pings.pinged.v2.p-1',
  });
  expect(decodeURIComponent(detail ?? '')).toBe('größer als 5 €\r\nNats-TTL: 1');
  const at = Date.parse(deadLetteredAt ?? '');
  expect(at).toBeGreaterThanOrEqual(before);
  expect(at).toBeLessThanOrEqual(Date.now());
});

test('the bridge dead-letters the same event under the same subject, reason, detail and bytes', async () => {
  const event = newEvent();
  await sendToDeadLetters([event]);
  await relay();
  const [ours] = await stored(DEAD_LETTERS_STREAM);
  await createDeadLetters(nats.connection.jetstream(), () => new Date()).publish({
    delivery: {
      subject: ours?.header.get(names.subject) ?? '',
      headers: {},
      body: ours?.data ?? new Uint8Array(),
      stream: EVENTS_STREAM,
      sequence: 1,
      deliveryCount: 1,
      storedAt: new Date(),
    },
    rejection: { reason: why.reason, detail: why.detail },
  });
  const [, theirs] = await stored(DEAD_LETTERS_STREAM);
  expect(theirs?.subject).toBe(ours?.subject);
  expect(headersOf(theirs)).toMatchObject({ [names.reason]: why.reason, [names.detail]: why.detail });
  expect(decoded(theirs)).toEqual(event);
});

test('dead-lettered twice, and published twice, it is one message', async () => {
  const event = newEvent();
  await sendToDeadLetters([event]);
  await relay();
  await sendToDeadLetters([event]);
  await sendToDeadLetters([event], { detail: 'in other words' });
  expect(await relay()).toBe(0);
  await forgetThatItWasPublished();
  await relay();
  // Those of the tests before were removed from the stream, and come anew.
  const deadLetters = (await stored(DEAD_LETTERS_STREAM)).map(decoded);
  expect(deadLetters.filter((each) => each?.id === event.id)).toHaveLength(1);
});

test('the same event of another workflow is another message', async () => {
  const event = newEvent();
  await sendToDeadLetters([event]);
  await sendToDeadLetters([event], { workflowId: 'another-p-1' });
  await relay();
  const workflows = (await stored(DEAD_LETTERS_STREAM)).map(({ header }) => header.get(names.workflow));
  expect(workflows.sort()).toEqual(['another-p-1', 'ping-p-1']);
});

test('the dead letters of one workflow stand in their order, also where publishing takes its time', async () => {
  const several = Array.from({ length: 50 }, () => newEvent());
  const publish = createPublisher(nats.connection.jetstream());
  await sendToDeadLetters(several);
  const slowly: typeof publish = async (message) => {
    await sleep(Math.random() * 8);
    return publish(message);
  };
  await publishOnce(slowly, 'dlq');
  expect((await stored(DEAD_LETTERS_STREAM)).map(decoded)).toEqual(several);
});

test('an event of the outbox goes out as before, beside a dead letter', async () => {
  await sendToDeadLetters([newEvent()]);
  await writeEvents(db.database, 1);
  expect(await relay()).toBe(2);
  const [event, ...more] = await stored(EVENTS_STREAM);
  expect(more).toEqual([]);
  expect(headersOf(event)).toEqual({
    'Content-Type': 'application/cloudevents+json',
    'Nats-Msg-Id': expect.any(String),
  });
  expect(await stored(DEAD_LETTERS_STREAM)).toHaveLength(1);
});

test('a signal by hand that is no event is dead-lettered as it is, and keeps no event from being dead-lettered', async () => {
  const strange = { id: 1, source: null, type: 'made up', data: { some: 'thing' } };
  const event = newEvent();
  await sendToDeadLetters([strange as never, event]);
  await relay();
  const [first, second] = await stored(DEAD_LETTERS_STREAM);
  expect(first?.subject).toBe('dlq.late.unknown.unknown');
  expect(first?.json()).toEqual(strange);
  expect(decoded(second)).toEqual(event);
});

test('a batch that breaks off is taken up where it ended', async () => {
  const several = [newEvent(), newEvent(), newEvent()];
  await db.database.query(
    `alter table sagaline.outbox add constraint broken check (event_id not like 'dead-letter:%' or id % 2 = 0) not valid`,
  );
  try {
    await expect(sendToDeadLetters(several)).rejects.toThrow('broken');
  } finally {
    await db.database.query('alter table sagaline.outbox drop constraint broken');
  }
  await sendToDeadLetters(several);
  await relay();
  expect((await stored(DEAD_LETTERS_STREAM)).map(decoded)).toEqual(several);
});

function headersOf(message: StoredMsg | undefined): Record<string, string> {
  const { header } = message ?? {};
  return Object.fromEntries((header?.keys() ?? []).map((name) => [name, header?.get(name) ?? '']));
}
