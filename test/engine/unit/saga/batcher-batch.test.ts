import type { DomainEvent } from '../../../../src/contracts';
import { collect } from '../../../../src/saga/batcher-batch';

const KIB = 1024;
const POLICY = { size: 100, withinMs: 60_000 };
const event = (id: string, characters = 0): DomainEvent => ({
  id,
  source: '/test',
  type: 'test.sagaline.pings.pinged.v1',
  key: 'k',
  data: { note: 'x'.repeat(characters) },
});
const idsOf = (events: readonly DomainEvent[]) => events.map(({ id }) => id);

beforeEach(() => jest.useFakeTimers({ now: 1_000_000 }));
afterEach(() => jest.useRealTimers());

test('a batch has so many events, the oldest first; the others stay', () => {
  const waiting = collect({ ...POLICY, size: 2 }, []);
  for (const id of ['1', '2', '3']) waiting.add(event(id));
  expect(waiting.isFull()).toBe(true);
  expect(idsOf(waiting.take())).toEqual(['1', '2']);
  expect(waiting.isFull()).toBe(false);
  expect(idsOf(waiting.take())).toEqual(['3']);
  expect(waiting.isEmpty()).toBe(true);
});

test('a batch is due by its own first event, also when that came during the flush before', () => {
  const waiting = collect({ ...POLICY, size: 1 }, []);
  waiting.add(event('1'));
  jest.advanceTimersByTime(500);
  waiting.add(event('2'));
  jest.advanceTimersByTime(500);
  expect(waiting.dueAt()).toBe(1_060_000);
  waiting.take();
  expect(waiting.dueAt()).toBe(1_060_500);
});

test('a batch is due after a pause, by its latest event, and in its time at the latest', () => {
  const waiting = collect({ ...POLICY, debounceMs: 40_000 }, []);
  waiting.add(event('1'));
  jest.advanceTimersByTime(10_000);
  waiting.add(event('2'));
  expect(waiting.dueAt()).toBe(1_050_000);
  jest.advanceTimersByTime(20_000);
  waiting.add(event('3'));
  expect(waiting.dueAt()).toBe(1_060_000);
});

test('large events make small batches: no payload is larger than Temporal takes', () => {
  const waiting = collect(POLICY, []);
  for (let n = 0; n < 10; n++) waiting.add(event(String(n), 200 * KIB));
  expect(waiting.isFull()).toBe(true);
  const sizes: number[] = [];
  while (!waiting.isEmpty()) sizes.push(waiting.take().length);
  expect(sizes).toEqual([2, 2, 2, 2, 2]);
  waiting.add(event('huge', 900 * KIB));
  waiting.add(event('small'));
  expect(idsOf(waiting.take())).toEqual(['huge']);
});

test('what waits goes on with its times, unless it is too large to be carried', () => {
  const waiting = collect(POLICY, []);
  waiting.add(event('1', 60 * KIB));
  jest.advanceTimersByTime(1_000);
  waiting.add(event('2', 60 * KIB));
  expect(waiting.isCarriable()).toBe(true);
  const next = collect(POLICY, waiting.all());
  expect(next.dueAt()).toBe(1_060_000);
  next.add(event('3', 60 * KIB));
  expect(next.isCarriable()).toBe(false);
  expect(idsOf(next.take())).toEqual(['1', '2', '3']);
  expect(next.isCarriable()).toBe(true);
});
