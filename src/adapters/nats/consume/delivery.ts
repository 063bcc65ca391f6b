import type { Msg, MsgHdrs, NatsConnection, StoredMsg } from 'nats';
import { ErrorCode, NatsError } from 'nats';
import { errorMessage, originalSubject } from '../../../contracts';
import type { Delivery, Received } from '../../../delivery';

/**
 * Replaces headers that the client cannot read. One invalid name, for example with a space in it, makes all headers
 * of a message unreadable.
 */
const UNREADABLE_HEADERS = 'Sagaline-Unreadable-Headers';

/**
 * Makes a delivery of a message of the event stream.
 *
 * @param message as the server sends it in answer to a pull request
 * @param partition its `settled` becomes the sequence of the message when the delivery is settled
 * @returns the delivery, with the number of events of the partition that wait behind it
 */
export function deliveryOf(
  message: Msg,
  acks: AckBatcher,
  partition: { settled: number },
): Delivery & { readonly waiting: number } {
  const { reply = '' } = message;
  const info = receivedOf(message);
  return {
    ...info,
    working: () => fireAndForget(() => acks.send(reply, '+WPI')),
    release: () => fireAndForget(() => acks.send(reply, '-NAK')),
    settle: () => {
      acks.send(reply, '+ACK');
      partition.settled = info.sequence;
    },
  };
}

/** The subject to which a message is acknowledged: https://github.com/nats-io/nats-architecture-and-design, ADR-15. */
const ACK_SUBJECT =
  /^\$JS\.ACK\.(?:[^.]+\.[^.]+\.)?(?<stream>[^.]+)\.[^.]+\.(?<deliveries>\d+)\.(?<sequence>\d+)\.(?<handedOut>\d+)\.(?<nanos>\d+)\.(?<waiting>\d+)(?:\.[^.]+)?$/;

/** Counts what a consumer hands out, repeats included: a gap is a message that went to somebody else, or was lost. */
export function handOutOf(message: Msg): number {
  return Number(ACK_SUBJECT.exec(message.reply ?? '')?.groups?.['handedOut']);
}

/** What a message says of itself, without the means to settle it; and the number of messages that wait behind it. */
export function receivedOf(message: Msg): Received & { readonly waiting: number } {
  return {
    subject: originalSubject(message.subject),
    headers: headersOf(message),
    body: message.data,
    ...readAckSubject(message.reply ?? ''),
  };
}

/** Reads a message's stream, sequence, delivery count, time and what waits behind it from its acknowledgement subject. */
function readAckSubject(
  subject: string,
): Pick<Delivery, 'stream' | 'sequence' | 'deliveryCount' | 'storedAt'> & { readonly waiting: number } {
  const { stream = '', sequence, deliveries, nanos, waiting } = ACK_SUBJECT.exec(subject)?.groups ?? {};
  return {
    stream,
    sequence: Number(sequence),
    deliveryCount: Number(deliveries),
    storedAt: new Date(Number(nanos) / 1e6),
    waiting: Number(waiting),
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

/** Ignores the error that the client throws on a closed connection; `settle` reports it. */
function fireAndForget(send: () => void): void {
  try {
    send();
  } catch {
    // The server gives the event to another bridge when `ack_wait` has passed.
  }
}

/** Sends the acknowledgements of all consumers of one process, several in one write to the socket. */
export interface AckBatcher {
  /**
   * Sends within {@link AT_MOST_MS}; with few events in flight, at the end of this turn of the event loop.
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
  /** How long an event is in flight, in milliseconds: the average of the last events. */
  readonly eventMs: number;
}

/**
 * Acknowledgements wait for this fraction of the time that an event takes. They then go out in one write to the
 * socket, which costs more than everything else about an acknowledgement, and the server's next events arrive
 * together. The next event of a partition comes later by this wait, which is a tenth of the time of an event. Because
 * it is relative, a slow Temporal, with few events a second, has its acknowledgements batched as well as a quick one.
 */
const SHARE = 10;
const AT_MOST_MS = 50;
/** With fewer events in flight nothing waits: one hot key must not wait after each of its events. */
const COMPANY = 16;

export function createAckBatcher(connection: NatsConnection, load: Load): AckBatcher {
  let batch: { subject: string; answer: string }[] = [];
  let timer: NodeJS.Timeout | undefined;

  function sendBatch(): void {
    clearTimeout(timer);
    const sending = batch;
    batch = [];
    // The connection was closed meanwhile: unacknowledged events are delivered again, to other processes.
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
