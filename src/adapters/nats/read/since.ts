import type { StreamReader } from '../../../contracts';

/**
 * The sequence of the first event since a time, by binary search: the server stamps events in their order. If all are
 * older, it is one more than the last.
 *
 * @param time in milliseconds since 1970
 */
export async function firstSince(reader: StreamReader, time: number): Promise<number> {
  const { first, last } = await reader.bounds();
  let [low, high] = [first, last + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const found = await reader.next('>', middle);
    if (found === undefined || found.storedAt.getTime() >= time) high = middle;
    else low = found.sequence + 1;
  }
  return low;
}
