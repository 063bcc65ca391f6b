import type { Msg, NatsConnection } from 'nats';
import { ErrorCode, NatsError } from 'nats';
import type { StoredMessage } from '../../../../contracts';
import { storedIn } from '../../../../contracts';
import { apiPrefixOf, newInbox } from '../../connection/api';
import { EVENTS_STREAM } from '../../streams/wanted-streams';
import { headersOf } from '../delivery';

/** Messages and bytes of one answer: some 20 ms of the server's time, and of memory what one large event takes. */
export const BATCH = 256;
const BATCH_BYTES = 1024 * 1024;
const TIMEOUT_MS = 5_000;
/** The server has no such message, or no further one. */
const NO_MESSAGE = 404;
/** Statuses that end a batch have no message: https://github.com/nats-io/nats-architecture-and-design, ADR-31. */
const END_OF_BATCH = 204;

const SEQUENCE = 'Nats-Sequence';
const STORED_AT = 'Nats-Time-Stamp';
const SUBJECT = 'Nats-Subject';
/** The sequence of the message before it in the answer; 0 at the first. */
const BEFORE = 'Nats-Last-Sequence';
/** What the server adds to the headers of the message. */
const ADDED = [
  ...[SEQUENCE, STORED_AT, SUBJECT],
  ...[BEFORE, 'Nats-Stream', 'Nats-Num-Pending', 'Nats-UpTo-Sequence'],
];

/**
 * Reads the next messages of one partition, up to {@link BATCH}, without a consumer. They are complete: the server
 * leaves none out between the first and the last. It ends before a message whose headers cannot be read, which has no
 * sequence then.
 *
 * @throws NatsError when the stream does not allow it, or the answer does not come
 */
export async function readBatch(
  connection: NatsConnection,
  partition: number,
  from: number,
): Promise<readonly StoredMessage[]> {
  const inbox = newInbox(connection);
  const found: StoredMessage[] = [];
  let isWhole = true;
  const take = (message: Msg) => {
    const before = found.at(-1)?.sequence ?? 0;
    const stored = isWhole ? storedMessage(message, headersOf(message), before) : undefined;
    if (stored) found.push(stored);
    else isWhole = false;
  };
  await new Promise<void>((resolve, reject) => {
    const end = (error?: Error) => {
      clearTimeout(late);
      subscription.unsubscribe();
      if (error) reject(error);
      else resolve();
    };
    const late = setTimeout(() => end(NatsError.errorForCode(ErrorCode.Timeout)), TIMEOUT_MS);
    const subscription = connection.subscribe(inbox, {
      callback: (error, message) => {
        const status = error ? 0 : statusOf(message);
        if (error) end(error);
        else if (status === END_OF_BATCH || status === NO_MESSAGE) end();
        else if (status > 0) end(new NatsError(message.headers?.description ?? 'refused', String(status)));
        else take(message);
      },
    });
    connection.publish(
      `${apiPrefixOf(connection)}.DIRECT.GET.${EVENTS_STREAM}`,
      JSON.stringify({
        seq: from,
        next_by_subj: `${storedIn.partition(partition)}.>`,
        batch: BATCH,
        max_bytes: BATCH_BYTES,
      }),
      { reply: inbox },
    );
  });
  return found;
}

/** 0 for a message. The client throws on headers that it cannot read, and a status has none of these. */
function statusOf(message: Msg): number {
  try {
    return message.headers?.code ?? 0;
  } catch {
    return 0;
  }
}

/** @returns nothing if the headers cannot be read, or if a message between the one before and this one was lost on its way */
function storedMessage(
  message: Msg,
  headers: StoredMessage['headers'],
  before: number,
): StoredMessage | undefined {
  // The publisher may have set the same headers: the server adds its own behind them.
  const added = (name: string) => headers[name]?.at(-1);
  const sequence = Number(added(SEQUENCE));
  const storedAt = new Date(added(STORED_AT) ?? '');
  const subject = added(SUBJECT);
  if (Number(added(BEFORE)) !== before) return undefined;
  if (!Number.isSafeInteger(sequence) || Number.isNaN(storedAt.getTime()) || subject === undefined)
    return undefined;
  const own = Object.entries(headers).flatMap(([name, values]) => {
    const published = ADDED.includes(name) ? values.slice(0, -1) : values;
    return published.length > 0 ? [[name, published] as const] : [];
  });
  return {
    ...{ stream: EVENTS_STREAM, sequence, storedAt, subject },
    headers: Object.fromEntries(own),
    body: message.data,
  };
}
