// What a publisher may rely on while NATS does not answer.
import type { JetStreamClient, NatsConnection } from 'nats';
import { connectNats, createPublisher, EVENTS_STREAM, provisionStreams } from '../../../../src/adapters/nats';
import { silentLog } from '../../../support/log';
import { newKey, pingEvent } from '../../../support/ping/events';
import { processState } from '../../../support/process-state';
import type { RestartableNats } from '../../../support/restartable-nats';
import { startRestartableNats } from '../../../support/restartable-nats';
import { until } from '../../../support/until';

const EVENTS = 20;

jest.setTimeout(30_000);

let nats: RestartableNats;
let connection: NatsConnection;

beforeAll(async () => {
  nats = await startRestartableNats();
  connection = await connectNats({ url: nats.url, name: 'test', log: silentLog });
  await provisionStreams(connection, { replicas: 1, maxBytes: 16 * 1024 * 1024 });
});
afterAll(async () => {
  await connection.close();
  await nats.stop();
});

/** The client, counting the attempts to publish. */
function counted(jetstream: JetStreamClient): { jetstream: JetStreamClient; attempts: () => number } {
  let attempts = 0;
  const publish: JetStreamClient['publish'] = (...given) => {
    attempts++;
    return jetstream.publish(...given);
  };
  return { jetstream: Object.assign(Object.create(jetstream), { publish }), attempts: () => attempts };
}

async function stored(): Promise<number> {
  const manager = await connection.jetstreamManager();
  return (await manager.streams.info(EVENTS_STREAM)).state.messages;
}

test('events sent to a frozen server are repeated, and stored once when it goes on', async () => {
  const before = await stored();
  const { jetstream, attempts } = counted(connection.jetstream());
  const publish = createPublisher(jetstream);

  process.kill(nats.pid(), 'SIGSTOP');
  // The signal takes its time on a busy machine: what is sent before may be answered.
  await until('the server is frozen', () => processState(nats.pid()).state === 'T');
  const receipts = Promise.all(Array.from({ length: EVENTS }, () => publish(pingEvent(newKey()))));
  await until('a second attempt for each event', () => attempts() >= 2 * EVENTS).finally(() =>
    process.kill(nats.pid(), 'SIGCONT'),
  );

  expect(new Set((await receipts).map(({ sequence }) => sequence)).size).toBe(EVENTS);
  expect(await stored()).toBe(before + EVENTS);
});

test('events sent while the server is killed and started again are stored once', async () => {
  const before = await stored();
  const publish = createPublisher(connection.jetstream());
  const events = Array.from({ length: EVENTS }, () => pingEvent(newKey()));

  const early = Promise.all(events.slice(0, EVENTS / 2).map(publish));
  await nats.kill();
  const late = Promise.all(events.slice(EVENTS / 2).map(publish));
  await nats.start();

  const receipts = [...(await early), ...(await late)];
  expect(new Set(receipts.map(({ sequence }) => sequence)).size).toBe(EVENTS);
  expect(await stored()).toBe(before + EVENTS);
  const again = await Promise.all(events.map(publish));
  expect(again.every(({ duplicate }) => duplicate)).toBe(true);
});

test('says that an event was not confirmed when the server stays away, and not that it was refused', async () => {
  await nats.kill();
  const error: unknown = await createPublisher(connection.jetstream())(pingEvent(newKey())).catch(
    (reason: unknown) => reason,
  );
  await nats.start();
  expect(error).toMatchObject({ name: 'NotPublishedError', why: 'unconfirmed' });
});
