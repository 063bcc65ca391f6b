// What operators do with dead letters, on a real NATS: nothing is changed by what is refused, nothing goes out twice.
import { randomUUID } from 'node:crypto';
import type { JetStreamManager } from 'nats';
import { headers as natsHeaders } from 'nats';
import {
  createDeadLetters,
  createStreamReader,
  DEAD_LETTERS_STREAM,
  EVENTS_STREAM,
  OPERATIONS_STREAM,
} from '../../../../src/adapters/nats';
import type { Rejection } from '../../../../src/contracts';
import { decodePublished, originalSubject } from '../../../../src/contracts';
import type { DeadLetterParts } from '../../../../src/dead-letters';
import {
  discardDeadLetter,
  editDeadLetter,
  listDeadLetters,
  planRedrive,
  redriveDeadLetter,
  RefusedError,
  showDeadLetter,
} from '../../../../src/dead-letters';
import { deadLetterTools } from '../../../support/dead-letters';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { newKey, pingEvent } from '../../../support/ping/events';

const by = 'the operator';

let nats: TestNats;
let manager: JetStreamManager;
let tools: DeadLetterParts;

beforeAll(async () => {
  nats = await startTestNats();
  manager = await nats.connection.jetstreamManager();
  tools = await deadLetterTools(nats.connection);
});
afterAll(() => nats.stop());

interface DeadLetterDetails {
  rejection?: Partial<Rejection>;
  route?: string;
  headers?: Record<string, string[]>;
  subject?: string;
}

let deadLettered = 0;
async function sendToDeadLetters(
  body: Uint8Array | string,
  key: string,
  given: DeadLetterDetails = {},
): Promise<number> {
  await createDeadLetters(nats.connection.jetstream(), () => new Date()).publish({
    delivery: {
      subject: given.subject ?? `evt.pings.pinged.v2.${key}`,
      headers: given.headers ?? { 'Content-Type': ['application/cloudevents+json'] },
      body: Buffer.from(body as string),
      stream: 'EVENTS',
      sequence: 1_000_000 + ++deadLettered,
      deliveryCount: 2,
      storedAt: new Date(),
    },
    rejection: { reason: 'invalid-data', detail: 'a detail', ...given.rejection },
    route: given.route,
  });
  return (await manager.streams.info(DEAD_LETTERS_STREAM)).state.last_seq;
}

const counts = () =>
  Promise.all(
    [EVENTS_STREAM, DEAD_LETTERS_STREAM, OPERATIONS_STREAM].map(
      async (stream) => (await manager.streams.info(stream)).state.messages,
    ),
  );

/** It is refused for this cause, and no stream has another message. */
async function refused(refusal: string, attempt: () => Promise<unknown>): Promise<RefusedError> {
  const before = await counts();
  const error = await attempt().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RefusedError);
  expect((error as RefusedError).refusal).toBe(refusal);
  expect(await counts()).toEqual(before);
  return error as RefusedError;
}

async function redriven(sequence: number) {
  const reader = await createStreamReader(nats.connection, EVENTS_STREAM);
  const message = await reader.next('>', sequence);
  if (message?.sequence !== sequence) throw new Error(`no event ${sequence}`);
  const decoding = decodePublished(
    { ...message, subject: originalSubject(message.subject) },
    tools.catalogue,
  );
  const header = (name: string) => message.headers[name]?.[0];
  return {
    event: decoding.ok ? decoding.event : undefined,
    id: header('Nats-Msg-Id'),
    route: header('Sagaline-Route'),
    mark: header('Sagaline-Redrive'),
    headers: Object.keys(message.headers),
  };
}

const wrong = (key: string, changes: object = {}) => ({
  ...(JSON.parse(Buffer.from(pingEvent(key).body).toString()) as Record<string, unknown>),
  ...changes,
});
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));

test('a dead letter is shown with what is known of its event, its headers decoded', async () => {
  const key = newKey();
  const sequence = await sendToDeadLetters('no JSON', key, {
    rejection: { reason: 'not-json', detail: 'größer\n', path: 'data' },
    route: 'pinged',
    headers: { 'X-Text': ['schön', 'zwei'] },
  });
  const { deadLetter, state } = await showDeadLetter(tools, sequence);
  expect(state).toBe('open');
  expect(deadLetter).toMatchObject({
    sequence,
    reason: 'not-json',
    detail: 'größer\n',
    path: 'data',
    route: 'pinged',
    subject: `evt.pings.pinged.v2.${key}`,
    context: 'pings',
    key,
    attempts: 2,
    event: { stream: 'EVENTS', sequence: 1_000_000 + deadLettered },
    headers: { 'X-Text': ['schön', 'zwei'] },
    omittedHeaders: 0,
  });
  expect(Buffer.from(deadLetter.body).toString()).toBe('no JSON');
});

test('redriven, it is the same event on the same route, and the dead letter says who did it, when and why', async () => {
  const key = newKey();
  const event = pingEvent(key);
  const headers = {
    'Nats-Msg-Id': ['x'],
    'Sagaline-Route': ['another'],
    'X-Odd': ['a\r\nb'],
    'X-Fine': ['c'],
  };
  const sequence = await sendToDeadLetters(event.body, key, { route: 'pinged', headers });
  const { operation, together } = await redriveDeadLetter(tools, sequence, { by, why: 'it is repaired' });
  expect(together).toBe(false);
  expect(operation).toMatchObject({ kind: 'redriven', n: 1, by, why: 'it is repaired', route: 'pinged' });

  expect(await redriven(operation.sequence)).toEqual({
    event: expect.objectContaining({ id: event.id, source: event.source, key }),
    id: `redrive:${sequence}:1`,
    route: 'pinged',
    mark: `${sequence}:1`,
    headers: expect.arrayContaining(['X-Fine']),
  });
  const { state, past, deadLetter } = await showDeadLetter(tools, sequence);
  expect([state, past.operations]).toEqual(['redriven', [operation]]);
  expect(deadLetter.body).toEqual(new Uint8Array(event.body));
  await refused('not-open', () => redriveDeadLetter(tools, sequence, { by }));
  await refused('not-open', () => editDeadLetter(tools, sequence, { body: event.body, by }));
  await refused('not-open', () => discardDeadLetter(tools, sequence, { by, why: 'too late' }));

  const again = await redriveDeadLetter(tools, sequence, { by, again: true });
  expect((await redriven(again.operation.sequence)).id).toBe(`redrive:${sequence}:2`);
});

test('a dead letter without a route goes to all; one of a workflow to the route that leads there', async () => {
  const key = newKey();
  const sequence = await sendToDeadLetters(pingEvent(key).body, key);
  const all = await redriveDeadLetter(tools, sequence, { by });
  expect((await redriven(all.operation.sequence)).route).toBeUndefined();

  const { subject, body } = pingEvent(key);
  const head = {
    'Sagaline-Reason': 'unmatched',
    'Sagaline-Subject': subject,
    'Sagaline-Workflow': `ping-${key}`,
  };
  const ofWorkflow = await publishDeadLetter(`dlq.unmatched.pings.${key}`, head, body);
  const one = await redriveDeadLetter(tools, ofWorkflow, { by });
  expect((await redriven(one.operation.sequence)).route).toBe('pinged');

  const stranger = await publishDeadLetter(
    `dlq.unmatched.pings.${key}`,
    { ...head, 'Sagaline-Workflow': `unknown-${key}` },
    body,
  );
  const error = await refused('unknown-route', () => redriveDeadLetter(tools, stranger, { by }));
  expect(error.message).toContain('known is pinged');
  const told = await redriveDeadLetter(tools, stranger, { by, route: 'pinged' });
  expect((await redriven(told.operation.sequence)).route).toBe('pinged');
});

async function publishDeadLetter(
  subject: string,
  head: Record<string, string>,
  body: Uint8Array,
): Promise<number> {
  const own = natsHeaders();
  for (const [name, value] of Object.entries(head)) own.set(name, value);
  return (await nats.connection.jetstream().publish(subject, body, { headers: own })).seq;
}

test('what would be dead-lettered again is refused, with the cause', async () => {
  const key = newKey();
  const broken = await sendToDeadLetters(bytes(wrong(key, { data: { pingId: key, urgency: 99 } })), key);
  const error = await refused('invalid', () => redriveDeadLetter(tools, broken, { by }));
  expect(error.details).toEqual({ reason: 'invalid-data', path: 'data.urgency' });

  const renamed = await sendToDeadLetters(pingEvent(key).body, key, { route: 'renamed' });
  await refused('unknown-route', () => redriveDeadLetter(tools, renamed, { by }));
  await refused('unknown-dead-letter', () => redriveDeadLetter(tools, 999_999, { by }));
  for (const forecast of ['late', 'unmatched'] as const) {
    const hopeless = await deadLetterTools(nats.connection, { forecast: () => Promise.resolve(forecast) });
    const sound = await sendToDeadLetters(pingEvent(key).body, key);
    await refused('undeliverable', () => redriveDeadLetter(hopeless, sound, { by }));
  }
});

test('what a closed workflow has received and dead-lettered is refused; what it has applied may be recorded', async () => {
  const key = newKey();
  const seen = await deadLetterTools(nats.connection, { forecast: () => Promise.resolve('repeated') });
  const { subject, body } = pingEvent(key);
  const head = { 'Sagaline-Subject': subject, 'Sagaline-Workflow': `ping-${key}` };
  const drained = await publishDeadLetter(`dlq.late.pings.${key}`, head, body);
  await refused('undeliverable', () => redriveDeadLetter(seen, drained, { by }));
  const applied = await sendToDeadLetters(body, key, { route: 'pinged' });
  expect((await redriveDeadLetter(seen, applied, { by })).operation.n).toBe(1);
});

test('an edit is checked as an event is, refused where it is wrong, and redriven instead of the dead letter', async () => {
  const key = newKey();
  const given = wrong(key, { data: { pingId: key, urgency: 99 } });
  const sequence = await sendToDeadLetters(bytes(given), key);
  const edit = (body: Uint8Array, subject?: string) => editDeadLetter(tools, sequence, { body, subject, by });

  const invalid = await refused('invalid', () => edit(Buffer.from('{"no": ')));
  expect(invalid.details.reason).toBe('not-json');
  await refused('invalid', () => edit(bytes({ ...given, data: { pingId: key, urgency: 98 } })));
  await refused('invalid', () => edit(bytes({ ...given, data: { pingId: 'another', urgency: 1 } })));
  const sound = { ...given, data: { pingId: key, urgency: 1 } };
  for (const [name, value] of [['id', randomUUID()] as const, ['source', '/elsewhere'] as const]) {
    const error = await refused('identity-changed', () => edit(bytes({ ...sound, [name]: value })));
    expect(error.details.path).toBe(name);
  }
  await refused('unknown-dead-letter', () => editDeadLetter(tools, 999_999, { body: bytes(sound), by }));

  expect(await edit(bytes(sound))).toMatchObject({ kind: 'edited', n: 1, by });
  const { deadLetter, message, state } = await showDeadLetter(tools, sequence);
  expect([state, Buffer.from(deadLetter.body).equals(bytes(given))]).toEqual(['open', true]);
  expect(Buffer.from(message.body).equals(bytes(sound))).toBe(true);
  const { operation } = await redriveDeadLetter(tools, sequence, { by });
  const sent = await redriven(operation.sequence);
  expect(sent.id).toBe(`redrive:${sequence}:2`);
  expect(sent.event).toMatchObject({ id: given['id'], data: { urgency: 1 } });
});

test('an event that no identity could be read of gets the one of its edit, and the subject that it belongs to', async () => {
  const key = newKey();
  const sequence = await sendToDeadLetters('order 17, please', key, { subject: 'evt.pings.pinged.v2.*' });
  const body = bytes(wrong(key));
  await refused('invalid', () => editDeadLetter(tools, sequence, { body, by }));
  await editDeadLetter(tools, sequence, { body, subject: `evt.pings.pinged.v2.${key}`, by });
  const { operation } = await redriveDeadLetter(tools, sequence, { by });
  expect((await redriven(operation.sequence)).event).toMatchObject({ key });
});

test('a binary event that is redriven keeps the headers that it is made of', async () => {
  const key = newKey();
  const headers = {
    'Content-Type': ['application/json'],
    'ce-specversion': ['1.0'],
    'ce-id': ['b-1'],
    'ce-source': ['/binary'],
    'ce-type': ['test.sagaline.pings.pinged.v2'],
  };
  const sequence = await sendToDeadLetters(JSON.stringify({ pingId: key, urgency: 1 }), key, { headers });
  const { operation } = await redriveDeadLetter(tools, sequence, { by });
  expect((await redriven(operation.sequence)).event).toMatchObject({ id: 'b-1', source: '/binary', key });
  const other = await sendToDeadLetters(JSON.stringify({ pingId: key, urgency: 99 }), key, { headers });
  await refused('identity-changed', () => editDeadLetter(tools, other, { body: bytes(wrong(key)), by }));
});

test('many operators at once: one event, one record; whoever comes second learns of the first', async () => {
  const key = newKey();
  const sequence = await sendToDeadLetters(pingEvent(key).body, key);
  const before = await counts();
  const names = ['one', 'two', 'three', 'four'];
  const done = await Promise.allSettled(
    names.map((name) => redriveDeadLetter(tools, sequence, { by: name })),
  );
  const [events = 0, deadLetters = 0, operations = 0] = before;
  expect(await counts()).toEqual([events + 1, deadLetters, operations + 1]);
  const recorded = done.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  expect(recorded.filter(({ together }) => !together)).toHaveLength(1);
  expect(new Set(recorded.map(({ operation }) => operation.by)).size).toBe(1);
});

test('a redrive that ends before it is recorded is harmless: repeated, it is the same message', async () => {
  const key = newKey();
  const sequence = await sendToDeadLetters(pingEvent(key).body, key);
  const killed = await deadLetterTools(nats.connection, {
    append: () => Promise.reject(new Error('killed')),
  });
  await expect(redriveDeadLetter(killed, sequence, { by })).rejects.toThrow('killed');
  const before = await counts();
  const { operation } = await redriveDeadLetter(tools, sequence, { by });
  expect(operation.n).toBe(1);
  const [events = 0, deadLetters = 0, operations = 0] = before;
  expect(await counts()).toEqual([events, deadLetters, operations + 1]);
});

test('an edit between the death of a redrive and the next one is not swallowed', async () => {
  const key = newKey();
  const given = wrong(key);
  const sequence = await sendToDeadLetters(bytes(given), key);
  const killed = await deadLetterTools(nats.connection, {
    append: () => Promise.reject(new Error('killed')),
  });
  await expect(redriveDeadLetter(killed, sequence, { by })).rejects.toThrow('killed');
  await editDeadLetter(tools, sequence, { body: bytes({ ...given, data: { pingId: key, urgency: 7 } }), by });
  const { operation } = await redriveDeadLetter(tools, sequence, { by });
  expect((await redriven(operation.sequence)).event?.data).toMatchObject({ urgency: 7 });
});

test('a redrive and a discard at the same moment: the record tells of both, and of what went out', async () => {
  const key = newKey();
  const sequence = await sendToDeadLetters(pingEvent(key).body, key);
  const meanwhile = await deadLetterTools(nats.connection, {
    republish: async (...message) => {
      await discardDeadLetter(tools, sequence, { by: 'another', why: 'not needed' });
      return tools.republish(...message);
    },
  });
  await redriveDeadLetter(meanwhile, sequence, { by });
  const { past, state } = await showDeadLetter(tools, sequence);
  expect(past.operations.map(({ kind, n }) => [kind, n])).toEqual([
    ['discarded', 1],
    ['redriven', 2],
  ]);
  expect(state).toBe('redriven');
});

test('two edits at the same moment: the second is refused and changes nothing', async () => {
  const key = newKey();
  const sequence = await sendToDeadLetters(pingEvent(key).body, key);
  const body = bytes(wrong(key));
  const slow = await deadLetterTools(nats.connection, {
    append: async (...record) => {
      await discardDeadLetter(tools, sequence, { by: 'another', why: 'not needed' });
      return tools.append(...record);
    },
  });
  const identity = JSON.parse(
    Buffer.from((await showDeadLetter(tools, sequence)).deadLetter.body).toString(),
  ) as object;
  const same = bytes({ ...(JSON.parse(body.toString()) as object), ...identity });
  await expect(editDeadLetter(slow, sequence, { body: same, by })).rejects.toMatchObject({
    refusal: 'conflict',
  });
  expect((await showDeadLetter(tools, sequence)).past.operations.map(({ kind }) => kind)).toEqual([
    'discarded',
  ]);
});

test('a plan changes nothing', async () => {
  const key = newKey();
  const sequence = await sendToDeadLetters(pingEvent(key).body, key, { route: 'pinged' });
  const before = await counts();
  expect(await planRedrive(tools, sequence, {})).toMatchObject({
    route: 'pinged',
    workflows: [`ping-${key}`],
  });
  expect(await counts()).toEqual(before);
});

test('a stream that was made anew: what was done with dead letters of the old one is not done with those of the new', async () => {
  const key = newKey();
  const sequence = await sendToDeadLetters(pingEvent(key).body, key);
  await discardDeadLetter(tools, sequence, { by, why: 'not needed' });
  const { deadLetter } = await showDeadLetter(tools, sequence);
  const reborn = await deadLetterTools(nats.connection, {
    deadLetters: {
      ...tools.deadLetters,
      next: async (...query) => {
        const found = await tools.deadLetters.next(...query);
        return (
          found && {
            ...found,
            headers: { ...found.headers, 'Sagaline-Dead-Lettered-At': ['2030-01-01T00:00:00.000Z'] },
          }
        );
      },
    },
  });
  expect((await showDeadLetter(tools, deadLetter.sequence)).state).toBe('discarded');
  expect((await showDeadLetter(reborn, deadLetter.sequence)).state).toBe('open');
});

describe('the list', () => {
  const listed = async (filter: Partial<Parameters<typeof listDeadLetters>[1]>) => {
    const page = await listDeadLetters(tools, { order: 'newest', limit: 100, ...filter });
    return page.items.map(({ sequence }) => sequence);
  };

  test('is filtered by reason, context, key and time, in both orders, open ones only unless all are wanted', async () => {
    const key = newKey();
    const first = await sendToDeadLetters(pingEvent(key).body, key, { rejection: { reason: 'late' } });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const since = new Date();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const second = await sendToDeadLetters(pingEvent(key).body, key, { rejection: { reason: 'unmatched' } });
    const third = await sendToDeadLetters(pingEvent(key).body, key, { rejection: { reason: 'late' } });
    expect(await listed({ key })).toEqual([third, second, first]);
    expect(await listed({ key, order: 'oldest' })).toEqual([first, second, third]);
    expect(await listed({ key, reason: 'late' })).toEqual([third, first]);
    expect(await listed({ key, context: 'orders' })).toEqual([]);
    expect(await listed({ key, since })).toEqual([third, second]);
    expect(await listed({ key, since, order: 'oldest' })).toEqual([second, third]);
    await discardDeadLetter(tools, second, { by, why: 'not needed' });
    expect(await listed({ key })).toEqual([third, first]);
    expect(await listed({ key, all: true })).toEqual([third, second, first]);
  });

  test('comes in pages that miss nothing and repeat nothing', async () => {
    const key = newKey();
    const all: number[] = [];
    for (let count = 0; count < 7; count++) all.push(await sendToDeadLetters(pingEvent(key).body, key));
    for (const order of ['oldest', 'newest'] as const) {
      const seen: number[] = [];
      for (let cursor: number | undefined, more = true; more; more = cursor !== undefined) {
        const page = await listDeadLetters(tools, { key, order, limit: 3, cursor });
        expect(page.items.length).toBeLessThanOrEqual(3);
        seen.push(...page.items.map(({ sequence }) => sequence));
        cursor = page.next;
      }
      expect(seen).toEqual(order === 'oldest' ? all : all.toReversed());
    }
  });

  test('of an empty stream, or of nothing that fits, is empty', async () => {
    expect(await listDeadLetters(tools, { key: 'nobody', order: 'newest', limit: 5 })).toEqual({ items: [] });
    expect(await listDeadLetters(tools, { key: 'nobody', order: 'oldest', limit: 5 })).toEqual({ items: [] });
  });
});
