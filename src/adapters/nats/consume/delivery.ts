import type { Msg, MsgHdrs, NatsConnection, StoredMsg } from 'nats';
import { ErrorCode, NatsError } from 'nats';
import { errorMessage, originalSubject } from '../../../contracts';
import type { Delivery } from '../../../delivery';

/** Stands in for headers that are not headers, say a name with a space in it: no client can read any of them then. */
const UNREADABLE_HEADERS = 'Sagaline-Unreadable-Headers';

/**
 * @param message as the server sends it in answer to a pull request
 * @param partition learns up to which sequence its events are settled
 */
export function deliveryOf(message: Msg, acks: AckBatcher, partition: { settled: number }): Delivery {
  const { reply = '' } = message;
  const info = readAckSubject(reply);
  return {
    subject: originalSubject(message.subject),
    headers: headersOf(message),
    body: message.data,
    ...info,
    working: () => fireAndForget(() => acks.send(reply, '+WPI')),
    release: () => fireAndForget(() => acks.send(reply, '-NAK')),
    settle: () => {
      acks.send(reply, '+ACK');
      partition.settled = info.sequence;
    },
  };
}

/** Whence answers to a message go, and what they are: https://github.com/nats-io/nats-architecture-and-design, ADR-15. */
const ACK_SUBJECT =
  /^\$JS\.ACK\.(?:[^.]+\.[^.]+\.)?(?<stream>[^.]+)\.[^.]+\.(?<deliveries>\d+)\.(?<sequence>\d+)\.\d+\.(?<nanos>\d+)\.\d+(?:\.[^.]+)?$/;

/** The subject of a message's acknowledgement says where the message stands. */
function readAckSubject(
  subject: string,
): Pick<Delivery, 'stream' | 'sequence' | 'deliveryCount' | 'storedAt'> {
  const { stream = '', sequence, deliveries, nanos } = ACK_SUBJECT.exec(subject)?.groups ?? {};
  return {
    stream,
    sequence: Number(sequence),
    deliveryCount: Number(deliveries),
    storedAt: new Date(Number(nanos) / 1e6),
  };
}

/** The client reads headers on demand and throws on the first bad name; that must not make the event unreadable. */
export function headersOf(
  message: { readonly headers?: MsgHdrs | undefined } | Pick<StoredMsg, 'header'>,
): Delivery['headers'] {
  try {
    const head = 'header' in message ? message.header : message.headers;
    return Object.fromEntries((head?.keys() ?? []).map((name) => [name, head?.values(name) ?? []]));
  } catch (error) {
    return { [UNREADABLE_HEADERS]: [errorMessage(error)] };
  }
}

/** On a closed connection the client throws; whoever holds the event learns that when it settles. */
function fireAndForget(send: () => void): void {
  try {
    send();
  } catch {
    // The server gives the event to another bridge when `ack_wait` has passed.
  }
}

/** Sends what the consumers of one process answer about their events, several answers in one write to the socket. */
export interface AckBatcher {
  /**
   * Sends within {@link AT_MOST_MS} at most, with few events in flight at the end of this turn of the event loop.
   *
   * @throws NatsError when the connection is closed for good
   */
  send(subject: string, answer: '+ACK' | '-NAK' | '+WPI'): void;
  /** Resolves when the server has all answers, or the connection is closed. */
  flush(): Promise<void>;
}

/** What the process has in flight at this moment. */
export interface Load {
  readonly events: number;
  /** For how long an event is in flight, on the average of the last ones, in milliseconds. */
  readonly eventMs: number;
}

/**
 * What is answered meanwhile goes out in one write, and what the server hands out for it comes back together: a write to the
 * socket costs more than everything else about an acknowledgement. The next event of a partition comes that much
 * later: by a tenth of the time that an event takes, so that a slow Temporal, which is served by few events a
 * second, has its acknowledgements together as a quick one has.
 */
const SHARE = 10;
const AT_MOST_MS = 50;
/** With fewer events in flight there is nothing to wait for: one hot key must not wait after each of its events. */
const COMPANY = 16;

export function createAckBatcher(connection: NatsConnection, load: Load): AckBatcher {
  let batch: { subject: string; answer: string }[] = [];
  let timer: NodeJS.Timeout | undefined;

  function sendBatch(): void {
    clearTimeout(timer);
    const sending = batch;
    batch = [];
    // Closed meanwhile: what is not acknowledged is delivered again, to others.
    if (connection.isClosed()) return;
    for (const { subject, answer } of sending) connection.publish(subject, answer);
  }

  return {
    send: (subject, answer) => {
      if (connection.isClosed()) throw NatsError.errorForCode(ErrorCode.ConnectionClosed);
      batch.push({ subject, answer });
      if (batch.length > 1) return;
      if (load.events < COMPANY) setImmediate(sendBatch);
      else timer = setTimeout(sendBatch, Math.min(AT_MOST_MS, load.eventMs / SHARE));
    },
    flush: async () => {
      sendBatch();
      await connection.flush().catch(() => undefined);
    },
  };
}
