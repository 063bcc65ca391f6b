import type { StoredMessage, StreamReader } from '../contracts';

/**
 * Dead letters that are read for one page. Most of a long list may be redriven or discarded, and a page must still come
 * soon.
 */
const LOOKED_AT = 2_000;
/** Sequences in one window of the backward search. The window doubles while it has no match. */
const FIRST_WINDOW = 64;
const LAST_WINDOW = 4_096;
/** Requests at once: with as many, the way to the server and back hardly counts. */
const AT_ONCE = 32;
/** Messages of a window that are kept in memory until their turn; what is larger is read again. */
const KEPT_BYTES = 4 * 1024 * 1024;

export interface PageOptions {
  readonly subjects: string;
  readonly order: 'newest' | 'oldest';
  readonly limit: number;
  /** Where the previous page ended. */
  readonly cursor?: number | undefined;
  readonly since?: Date | undefined;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Where the next page begins; absent if there are no more. */
  readonly next?: number | undefined;
}

/** Reads one page of a stream. Besides the items that are kept, a few messages are in memory at a time. */
export async function readPage<Item>(
  reader: StreamReader,
  options: PageOptions,
  keep: (message: StoredMessage) => Promise<Item | undefined>,
): Promise<Page<Item>> {
  const { order, cursor, since, limit } = options;
  const bounds = await reader.bounds();
  const first = since === undefined ? bounds.first : await firstSince(reader, since, bounds);
  const chunks =
    order === 'oldest'
      ? forwards(reader, options.subjects, Math.max(first, cursor ?? first), bounds.last)
      : backwards(reader, options.subjects, first, Math.min(bounds.last, cursor ?? bounds.last));
  const items: Item[] = [];
  let lookedAt = 0;
  for await (const chunk of chunks) {
    const [some, rest] = [chunk.slice(0, LOOKED_AT - lookedAt), chunk[LOOKED_AT - lookedAt]];
    const kept = await Promise.all(some.map(keep));
    for (const [index, message] of some.entries()) {
      if (items.length === limit) return { items, next: message.sequence };
      const item = kept[index];
      if (item !== undefined) items.push(item);
    }
    lookedAt += some.length;
    if (rest !== undefined) return { items, next: rest.sequence };
  }
  return { items };
}

/** At most `AT_ONCE` messages at a time. Where few messages match, requests at once would find the same one. */
async function* forwards(
  reader: StreamReader,
  subjects: string,
  first: number,
  last: number,
): AsyncGenerator<StoredMessage[]> {
  for (let from = first, width = 1; from <= last;) {
    const wanted = Math.min(width, last - from + 1);
    const found = await Promise.all(
      Array.from({ length: wanted }, (_, ahead) => reader.next(subjects, from + ahead)),
    );
    const chunk: StoredMessage[] = [];
    for (const message of found)
      if (message && message.sequence <= last && message.sequence !== chunk.at(-1)?.sequence)
        chunk.push(message);
    const end = chunk.at(-1);
    if (end === undefined) return;
    yield chunk;
    from = end.sequence + 1;
    width = 2 * chunk.length > wanted ? Math.min(2 * width, AT_ONCE) : 1;
  }
}

/**
 * Reads the messages backwards. The server searches forwards only, so it searches windows of sequences from the end,
 * and yields each window in reverse.
 */
async function* backwards(
  reader: StreamReader,
  subjects: string,
  first: number,
  last: number,
): AsyncGenerator<StoredMessage[]> {
  for (let end = last, size = FIRST_WINDOW; end >= first;) {
    const begin = Math.max(first, end - size + 1);
    const found: (StoredMessage | number)[] = [];
    let bytes = 0;
    for await (const chunk of forwards(reader, subjects, begin, end)) {
      for (const message of chunk) {
        bytes += message.body.byteLength;
        found.push(bytes <= KEPT_BYTES ? message : message.sequence);
      }
    }
    found.reverse();
    for (let from = 0; from < found.length; from += AT_ONCE)
      yield await again(found.slice(from, from + AT_ONCE));
    size = found.length > 0 ? FIRST_WINDOW : Math.min(2 * size, LAST_WINDOW);
    end = begin - 1;
  }

  async function again(some: readonly (StoredMessage | number)[]): Promise<StoredMessage[]> {
    const read = some.map(async (each) => {
      if (typeof each !== 'number') return [each];
      const message = await reader.next(subjects, each);
      return message?.sequence === each ? [message] : [];
    });
    return (await Promise.all(read)).flat();
  }
}

/** The first sequence that was stored at this time or later, found by binary search. */
async function firstSince(
  reader: StreamReader,
  since: Date,
  bounds: { readonly first: number; readonly last: number },
): Promise<number> {
  let [low, high] = [bounds.first, bounds.last + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const message = await reader.next('>', middle);
    if (!message || message.storedAt >= since) high = middle;
    else low = message.sequence + 1;
  }
  return low;
}
