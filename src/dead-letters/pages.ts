import type { StoredMessage, StreamReader } from '../contracts';

/** Dead letters looked at for one page: most of a long list may have been dealt with, and a page must come soon all the same. */
const LOOKED_AT = 2_000;
/** Sequences that are searched together, backwards; doubled while nothing is found in them. */
const FIRST_WINDOW = 64;
const LAST_WINDOW = 4_096;

export interface PageOptions {
  readonly subjects: string;
  readonly order: 'newest' | 'oldest';
  readonly limit: number;
  /** Where the page before this one ended. */
  readonly cursor?: number | undefined;
  readonly since?: Date | undefined;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Where to go on; absent when there is no more. */
  readonly next?: number | undefined;
}

/** One page of a stream: one message is in memory at a time, besides what is kept. */
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

/** The server searches forwards only: windows of sequences from the end, each read again from its own end. */
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

/** The first sequence that was stored then or later, found by halving. */
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
