import type { StoredMessage, StreamReader } from '../contracts';

/**
 * Dead letters that are read for one page. Most of a long list may be redriven or discarded, and a page must still come
 * soon.
 */
const LOOKED_AT = 2_000;
/** Sequences in one window of the backward search. The window doubles while it has no match. */
const FIRST_WINDOW = 64;
const LAST_WINDOW = 4_096;

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

/** Reads one page of a stream. Besides the items that are kept, one message is in memory at a time. */
export async function readPage<Item>(
  reader: StreamReader,
  options: PageOptions,
  keep: (message: StoredMessage) => Promise<Item | undefined>,
): Promise<Page<Item>> {
  const { order, cursor, since, limit } = options;
  const bounds = await reader.bounds();
  const first = since === undefined ? bounds.first : await firstSince(reader, since, bounds);
  const sequences =
    order === 'oldest'
      ? forwards(reader, options.subjects, Math.max(first, cursor ?? first), bounds.last)
      : backwards(reader, options.subjects, first, Math.min(bounds.last, cursor ?? bounds.last));
  const items: Item[] = [];
  let lookedAt = 0;
  for await (const message of sequences) {
    if (items.length === limit || lookedAt === LOOKED_AT) return { items, next: message.sequence };
    lookedAt++;
    const item = await keep(message);
    if (item !== undefined) items.push(item);
  }
  return { items };
}

async function* forwards(reader: StreamReader, subjects: string, first: number, last: number) {
  for (let from = first; from <= last;) {
    const message = await reader.next(subjects, from);
    if (!message || message.sequence > last) return;
    yield message;
    from = message.sequence + 1;
  }
}

/**
 * Reads the messages backwards. The server searches forwards only, so it searches windows of sequences from the end,
 * and reads each window again in reverse.
 */
async function* backwards(reader: StreamReader, subjects: string, first: number, last: number) {
  for (let end = last, size = FIRST_WINDOW; end >= first;) {
    const begin = Math.max(first, end - size + 1);
    const found: number[] = [];
    for await (const { sequence } of forwards(reader, subjects, begin, end)) found.push(sequence);
    for (const sequence of found.reverse()) {
      const message = await reader.next(subjects, sequence);
      if (message?.sequence === sequence) yield message;
    }
    size = found.length > 0 ? FIRST_WINDOW : Math.min(2 * size, LAST_WINDOW);
    end = begin - 1;
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
