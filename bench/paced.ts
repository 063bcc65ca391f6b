import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Calls `act` for each item, at a rate of `perSecond` by the clock: an open loop, which does not wait for answers. The delay
 * by a slow answer therefore counts for every item that is due meanwhile.
 *
 * @returns milliseconds from the time at which each item was due to its end
 */
export async function paced<Item>(
  items: readonly Item[],
  perSecond: number,
  act: (item: Item, at: number) => Promise<void>,
): Promise<number[]> {
  const since = performance.now();
  const acting: Promise<number>[] = [];
  while (acting.length < items.length) {
    const due = Math.min(items.length, Math.floor(((performance.now() - since) * perSecond) / 1_000) + 1);
    for (let at = acting.length; at < due; at++) {
      const dueAt = since + (at * 1_000) / perSecond;
      acting.push(act(items[at] as Item, at).then(() => performance.now() - dueAt));
    }
    await sleep(1);
  }
  return Promise.all(acting);
}

/** The value below which the given part of the values is: 0.99 for the 99th percentile. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] ?? NaN;
}
