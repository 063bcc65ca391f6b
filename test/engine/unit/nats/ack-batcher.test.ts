import type { NatsConnection } from 'nats';
import { createAckBatcher } from '../../../../src/adapters/nats/consume/delivery';

/** What a connection was asked to publish, and in how many turns of the event loop. */
function fakeConnection() {
  const published: string[] = [];
  let closed = false;
  let pong: () => void = () => undefined;
  const connection = {
    publish: (subject: string, word: string) => void published.push(`${subject} ${word}`),
    isClosed: () => closed,
    flush: () =>
      closed ? Promise.reject(new Error('closed')) : new Promise<void>((resolve) => (pong = resolve)),
  };
  return {
    published,
    close: () => (closed = true),
    pong: () => pong(),
    connection: connection as unknown as NatsConnection,
  };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** A process with this many events in flight, each for this long. */
const load = (events: number, eventMs = 100) => ({ events, eventMs });

test('what is said within a tenth of the time for which an event is in hand goes out together, in its order', () => {
  const { connection, published } = fakeConnection();
  const acks = createAckBatcher(connection, load(64));
  acks.send('a', '+WPI');
  jest.advanceTimersByTime(9);
  acks.send('a', '+ACK');
  expect(published).toEqual([]);
  jest.advanceTimersByTime(1);
  expect(published).toEqual(['a +WPI', 'a +ACK']);
  acks.send('b', '-NAK');
  jest.advanceTimersByTime(10);
  expect(published.slice(2)).toEqual(['b -NAK']);
});

test.each([
  [20, 2],
  [300, 30],
  [60_000, 50],
])('events that are in hand for %s ms are acknowledged within %s ms', (heldMs, withinMs) => {
  const { connection, published } = fakeConnection();
  const acks = createAckBatcher(connection, load(64, heldMs));
  acks.send('a', '+ACK');
  jest.advanceTimersByTime(withinMs - 1);
  acks.send('b', '+ACK');
  expect(published).toEqual([]);
  jest.advanceTimersByTime(1);
  expect(published).toEqual(['a +ACK', 'b +ACK']);
});

test('with few events in hand nothing waits for the time', () => {
  const { connection, published } = fakeConnection();
  const acks = createAckBatcher(connection, load(15));
  acks.send('a', '+ACK');
  expect(published).toEqual([]);
  jest.advanceTimersByTime(0);
  expect(published).toEqual(['a +ACK']);
});

test('a flush sends at once, and is done when the server has it', async () => {
  const { connection, published, pong } = fakeConnection();
  const acks = createAckBatcher(connection, load(64));
  acks.send('a', '+ACK');
  let isDone = false;
  const flushed = acks.flush().then(() => (isDone = true));
  expect(published).toEqual(['a +ACK']);
  for (let turns = 0; turns < 5; turns++) await Promise.resolve();
  expect(isDone).toBe(false);
  pong();
  await flushed;
});

test('on a connection that is closed nothing can be said, and what was said before is dropped without an error', async () => {
  const { connection, published, close } = fakeConnection();
  const acks = createAckBatcher(connection, load(64));
  acks.send('a', '+ACK');
  close();
  expect(() => acks.send('b', '+ACK')).toThrow('CONNECTION_CLOSED');
  jest.advanceTimersByTime(10);
  await acks.flush();
  expect(published).toEqual([]);
});
