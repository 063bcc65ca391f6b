// How full the streams are is told long before they are full.
import type { JetStreamManager } from 'nats';
import {
  DEAD_LETTERS_STREAM,
  EVENTS_STREAM,
  OVERFLOW_STREAM,
  watchFill,
} from '../../../../src/adapters/nats';
import { emptyStream } from '../../../support/empty-stream';
import { rememberingLog } from '../../../support/log';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { until } from '../../../support/until';

let nats: TestNats;
let manager: JetStreamManager;

beforeAll(async () => {
  nats = await startTestNats();
  manager = await nats.connection.jetstreamManager();
});
afterAll(() => nats.stop());

const deadLetters = (count: number) =>
  Promise.all(
    Array.from({ length: count }, () =>
      nats.connection.jetstream().publish('dlq.late.pings.p-1', 'x'.repeat(1_000)),
    ),
  );

test('a stream is told of once at 80 % of its limit, once when it is full, and once when it has room', async () => {
  await manager.streams.update(DEAD_LETTERS_STREAM, { max_bytes: 20_000 });
  const log = rememberingLog();
  const fill = await watchFill(nats.connection, log, { everyMs: 20 });
  const told = () =>
    log.lines.map(({ level, fields }) => `${level} ${(fields as { stream: string }).stream}`);
  expect([told(), fill.degraded(), fill.latest().length]).toEqual([[], {}, 4]);

  await deadLetters(16);
  await until('the alarm', () => told().length === 1);
  expect(told()).toEqual([`warn ${DEAD_LETTERS_STREAM}`]);
  expect(fill.degraded()).toEqual({
    [DEAD_LETTERS_STREAM]: expect.stringMatching(/^nearly full: 8\d % of its limit$/),
  });
  expect(fill.hasRoom(DEAD_LETTERS_STREAM)).toBe(true);

  await manager.streams.update(DEAD_LETTERS_STREAM, {
    max_bytes: (await manager.streams.info(DEAD_LETTERS_STREAM)).state.bytes + 10,
  });
  await until('it is full', () => !fill.hasRoom(DEAD_LETTERS_STREAM));
  expect(fill.degraded()).toEqual({ [DEAD_LETTERS_STREAM]: expect.stringMatching(/^full: /) });
  expect(fill.hasRoom(EVENTS_STREAM)).toBe(true);

  await emptyStream(manager, DEAD_LETTERS_STREAM);
  await until('there is room', () => told().length > 2);
  expect(fill.hasRoom(DEAD_LETTERS_STREAM)).toBe(true);
  expect(told()).toEqual(['warn', 'error', 'info'].map((level) => `${level} ${DEAD_LETTERS_STREAM}`));

  await nats.connection.jetstream().publish('parked.1.x', '{}');
  await until('a parked dead letter', () => OVERFLOW_STREAM in fill.degraded());
  expect(fill.degraded()).toEqual({ [OVERFLOW_STREAM]: 'parked dead letters: 1' });
  await fill.stop();
});

test('a limit in messages counts as one in bytes does', async () => {
  await manager.streams.update(DEAD_LETTERS_STREAM, { max_bytes: 1_000_000, max_msgs: 10 });
  const fill = await watchFill(nats.connection, rememberingLog(), { everyMs: 20 });
  await deadLetters(10);
  await until('it is full', () => !fill.hasRoom(DEAD_LETTERS_STREAM));
  await fill.stop();
});
