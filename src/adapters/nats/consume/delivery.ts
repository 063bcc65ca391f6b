import type { Msg, MsgHdrs, StoredMsg } from 'nats';
import type { Delivery } from '../../../bridge';
import { errorMessage, originalSubject } from '../../../contracts';
import type { AckBatcher } from './ack-batcher';

/** Stands in for headers that are not headers, say a name with a space in it: no client can read any of them then. */
const UNREADABLE_HEADERS = 'Sagaline-Unreadable-Headers';

/**
 * @param message as the server sends it in answer to a pull request
 * @param parts.settled told the stream sequence when the event is acknowledged
 */
export function deliveryOf(
  message: Msg,
  { ackBatcher, settled }: { ackBatcher: AckBatcher; settled: (sequence: number) => void },
): Delivery {
  const { reply = '' } = message;
  const info = readAckSubject(reply);
  const { sequence } = info;
  return {
    subject: originalSubject(message.subject),
    headers: headersOf(message),
    body: message.data,
    ...info,
    working: () => fireAndForget(() => ackBatcher.say(reply, '+WPI')),
    release: () => fireAndForget(() => ackBatcher.say(reply, '-NAK')),
    settle: () => {
      ackBatcher.say(reply, '+ACK');
      settled(sequence);
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
