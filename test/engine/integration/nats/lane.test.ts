// A lane of a batch subscription ends as soon as the server may wait for other events than those that it has handed out.
import { setTimeout as sleep } from 'node:timers/promises';
import {
  connectNats,
  createPublisher,
  openLane,
  provisionConsumers,
  readLag,
} from '../../../../src/adapters/nats';
import { consumerName } from '../../../../src/adapters/nats/consume/consumer';
import { EVENTS_STREAM } from '../../../../src/adapters/nats/streams/wanted-streams';
import { subjectSpaceOf } from '../../../../src/contracts';
import { partitionOf } from '../../../../bench/bridge/partition';
import { silentLog } from '../../../support/log';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { newKey, pingEvent } from '../../../support/ping/events';
import { PINGED_V2 } from '../../../support/ping/names';
import { until } from '../../../support/until';

const LANE = 3;
const group = { name: 'batch-lane', subjects: [subjectSpaceOf(PINGED_V2)], batch: { size: 10 } };
const consumer = consumerName(group.name, { number: LANE, settled: 0 });
const limits = { size: 10, withinMs: 50 };
let nats: TestNats;

beforeEach(async () => {
  nats = await startTestNats();
});
afterEach(() => nats.stop());

function keyOfLane(): string {
  for (;;) {
    const key = newKey();
    if (partitionOf(key) % 8 === LANE) return key;
  }
}

/** A lane with three events in memory, and the connection that it reads on. */
async function laneWithThree() {
  const publish = createPublisher(nats.connection.jetstream());
  for (let n = 0; n < 3; n++) await publish(pingEvent(keyOfLane()));
  const connection = await connectNats({ url: nats.url, name: 'lane', log: silentLog });
  const manager = await nats.connection.jetstreamManager();
  const { created } = await manager.streams.info(EVENTS_STREAM);
  const lane = await openLane(connection, { group, lane: LANE, position: 0, stream: created });
  await until(
    'three events are handed out',
    async () => (await manager.consumers.info(EVENTS_STREAM, consumer)).num_ack_pending === 3,
  );
  const close = async () => {
    await lane.end();
    await connection.close();
  };
  return { lane, connection, manager, publish, close };
}

test('it returns its events, and none of another lane', async () => {
  const { lane, publish, close } = await laneWithThree();
  let other = newKey();
  while (partitionOf(other) % 8 === LANE) other = newKey();
  await publish(pingEvent(other));
  await sleep(100);
  expect(await lane.next(limits)).toHaveLength(3);
  await close();
});

test('after a purge it ends, and returns nothing of what the stream has no more', async () => {
  const { lane, manager, close } = await laneWithThree();
  await manager.streams.purge(EVENTS_STREAM);
  await expect(lane.next(limits)).rejects.toThrow('may have changed what it waits for');
  await close();
});

test('after a reconnect it ends: the server may have come back with an older stream', async () => {
  const { lane, connection, close } = await laneWithThree();
  expect(await lane.next(limits)).toHaveLength(3);
  await connection.reconnect();
  await until('it has ended', () =>
    lane.next(limits).then(
      () => false,
      (error: unknown) => String(error).includes('may be another one'),
    ),
  );
  await close();
});

test('the oldest event of a lane is found in any of its partitions, also for a group of many event types', async () => {
  const many = Array.from({ length: 9 }, (_, n) => `evt.others.happened-${n}.v1`);
  const ofMany = { ...group, subjects: [...group.subjects, ...many] };
  await provisionConsumers(nats.connection, [ofMany], { replicas: 1, patience: (work) => work() });
  let key = keyOfLane();
  while (partitionOf(key) === LANE) key = keyOfLane();
  const event = pingEvent(key);
  await createPublisher(nats.connection.jetstream())(event);
  const lags = await readLag(nats.connection, ofMany);
  expect(lags.filter(({ lag }) => lag > 0)).toMatchObject([
    { partition: LANE, lag: 1, oldest: { subject: event.subject } },
  ]);
});
