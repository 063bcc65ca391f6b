// A process is killed while it hands parked dead letters on: each is in its stream once, and none is lost.
import type { JetStreamManager } from 'nats';
import {
  createDeadLetters,
  DEAD_LETTERS_STREAM,
  EVENTS_STREAM,
  parkedDeadLetters,
  startUnparking,
  withOverflow,
} from '../../../../src/adapters/nats';
import type { DeadLetter, DeadLetters } from '../../../../src/delivery';
import { emptyStream } from '../../../support/empty-stream';
import { silentLog } from '../../../support/log';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { until } from '../../../support/until';

let nats: TestNats;
let manager: JetStreamManager;
let real: DeadLetters;

beforeAll(async () => {
  nats = await startTestNats();
  manager = await nats.connection.jetstreamManager();
  real = createDeadLetters(nats.connection.jetstream(), () => new Date());
});
afterAll(() => nats.stop());
beforeEach(() => emptyStream(manager, DEAD_LETTERS_STREAM));

const inStream = async () => (await manager.streams.info(DEAD_LETTERS_STREAM)).state.messages;
const notes = () => parkedDeadLetters(nats.connection, { limit: 10 });

/** An event that nobody can read, its dead letter parked. */
async function parkOne(key: string): Promise<void> {
  const subject = `evt.pings.pinged.v2.${key}`;
  const { seq: sequence } = await nats.connection.jetstream().publish(subject, 'not json');
  const deadLetter: DeadLetter = {
    delivery: {
      ...{ subject, sequence, stream: EVENTS_STREAM, headers: {}, body: new Uint8Array() },
      ...{ deliveryCount: 1, storedAt: new Date() },
    },
    rejection: { reason: 'not-json', detail: 'no' },
  };
  const full: DeadLetters = { publish: () => Promise.reject(new Error('the stream is full')) };
  await withOverflow(nats.connection, full, { log: silentLog }).publish(deadLetter);
  expect(await notes()).toHaveLength(1);
}

test.each([
  ['before it publishes', false],
  ['between publishing and deleting the note', true],
])('%s', async (_, publishes) => {
  await parkOne(`killed-${String(publishes)}`);
  let attempts = 0;
  const killedOnce: DeadLetters = {
    publish: async (deadLetter) => {
      attempts++;
      if (attempts > 1 || publishes) await real.publish(deadLetter);
      if (attempts === 1) throw new Error('killed');
    },
  };
  const unparking = startUnparking(nats.connection, killedOnce, silentLog, { everyMs: 50 });
  await until('an attempt', () => attempts > 0);
  await until('no note is left', async () => (await notes()).length === 0);
  await unparking.stop();
  expect(await inStream()).toBe(1);
  // The stream is looked through: its memory of message ids may be shorter than the process was away.
  expect(attempts).toBe(publishes ? 1 : 2);
});
