import type { NatsConnection } from 'nats';
import { DeliverPolicy } from 'nats';
import type { StoredMessage } from '../../../contracts';
import { headersOf } from '../consume/delivery';
import { createStreamReader } from './read';

export interface TailOptions {
  /** Filter on the stream's own subjects; wildcards are allowed. */
  readonly subjects: string;
  /** Where to begin. Default: at the next message. */
  readonly from?: { readonly sequence: number } | { readonly time: Date } | undefined;
  /** Whether to end with the message that is the last one at the beginning. */
  readonly untilEnd?: boolean | undefined;
  readonly signal: AbortSignal;
}

/** How long a request for messages is open; the client renews it. */
const REQUEST_MS = 5_000;
const AT_ONCE = 100;

/**
 * Yields the messages of a stream as they come, through an ordered consumer. The consumer is removed at the end, and
 * no other consumer's position moves.
 */
export async function* tail(
  connection: NatsConnection,
  stream: string,
  { subjects, from, untilEnd = false, signal }: TailOptions,
): AsyncGenerator<StoredMessage> {
  const last = untilEnd ? await (await createStreamReader(connection, stream)).last(subjects) : undefined;
  if (untilEnd && (last === undefined || isBefore(last, from))) return;
  const consumer = await connection
    .jetstream()
    // A list would go to a subject of the API that does not name the consumer: permissions could not tell it apart.
    .consumers.get(stream, { filterSubjects: subjects, ...start(from) });
  const messages = await consumer.consume({ max_messages: AT_ONCE, expires: REQUEST_MS });
  const stop = () => messages.stop();
  signal.addEventListener('abort', stop);
  try {
    if (signal.aborted) return;
    for await (const message of messages) {
      yield {
        stream,
        sequence: message.seq,
        subject: message.subject,
        headers: headersOf(message),
        body: message.data,
        storedAt: new Date(message.info.timestampNanos / 1e6),
      };
      if (last && message.seq >= last.sequence) return;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    await messages.close();
    await consumer.delete().catch(() => false);
  }
}

function isBefore({ sequence, storedAt }: StoredMessage, from: TailOptions['from']): boolean {
  if (from === undefined) return true;
  return 'sequence' in from ? sequence < from.sequence : storedAt < from.time;
}

function start(from: TailOptions['from']) {
  if (from === undefined) return { deliver_policy: DeliverPolicy.New };
  return 'sequence' in from
    ? { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: from.sequence }
    : { deliver_policy: DeliverPolicy.StartTime, opt_start_time: from.time.toISOString() };
}
