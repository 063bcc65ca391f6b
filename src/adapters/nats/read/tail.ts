import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsConnection } from 'nats';
import type { StoredMessage, StreamReader } from '../../../contracts';
import { isUnanswered } from '../connection/patience';
import { createStreamReader } from './read';
import { firstSince } from './since';

export interface TailOptions {
  /** Filter on the stream's own subjects; wildcards are allowed. */
  readonly subjects: string;
  /** Where to begin. Default: at the next message. */
  readonly from?: { readonly sequence: number } | { readonly time: Date } | undefined;
  /** Whether to end with the message that is the last one at the beginning. */
  readonly untilEnd?: boolean | undefined;
  readonly signal: AbortSignal;
}

/** How late a new message is seen; a person does not notice it. */
const POLL_MS = 250;
/** The most requests at once. With as many, the way to the server and back does not count. */
const AT_ONCE = 32;

/**
 * Yields the messages of a stream as they come. It has no consumer: who may make one may have it push, for example
 * requests for the events of others. While NATS is away, it waits.
 */
export async function* tail(
  connection: NatsConnection,
  stream: string,
  { subjects, from, untilEnd = false, signal }: TailOptions,
): AsyncGenerator<StoredMessage> {
  const reader = await createStreamReader(connection, stream);
  const end = untilEnd ? ((await reader.last(subjects))?.sequence ?? 0) : Infinity;
  let next = await startOf(reader, from);
  for (let width = 1; next <= end && !isAborted(signal);) {
    const found = await patiently(() => readAhead(reader, subjects, next, width), signal);
    for (const message of found ?? []) {
      if (message.sequence > end || isAborted(signal)) return;
      next = message.sequence + 1;
      yield message;
    }
    // Where few messages pass the filter, requests at once would find the same one.
    width = found?.length === width ? Math.min(2 * width, AT_ONCE) : 1;
    if (found?.length === 0) {
      if (untilEnd) return;
      await pause(signal);
    }
  }
}

/** A function, because the compiler would otherwise narrow the value to that of an earlier check. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function startOf(reader: StreamReader, from: TailOptions['from']): Promise<number> | number {
  if (from === undefined) return reader.bounds().then(({ last }) => last + 1);
  return 'sequence' in from ? from.sequence : firstSince(reader, from.time.getTime());
}

/** The next messages, by requests at once for the first one from each sequence on. */
async function readAhead(
  reader: StreamReader,
  subjects: string,
  from: number,
  width: number,
): Promise<StoredMessage[]> {
  const sequences = Array.from({ length: width }, (_, ahead) => from + ahead);
  const answers = await Promise.all(sequences.map((sequence) => reader.next(subjects, sequence)));
  const found: StoredMessage[] = [];
  for (const message of answers) {
    // What a later request has found may have come after this answer, and others before it.
    if (message === undefined) break;
    if (message.sequence !== found.at(-1)?.sequence) found.push(message);
  }
  return found;
}

/** @returns `undefined` without an answer */
async function patiently<Result>(
  request: () => Promise<Result>,
  signal: AbortSignal,
): Promise<Result | undefined> {
  try {
    return await request();
  } catch (error) {
    if (!isUnanswered(error)) throw error;
    await pause(signal);
    return undefined;
  }
}

async function pause(signal: AbortSignal): Promise<void> {
  await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
}
