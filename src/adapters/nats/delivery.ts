import type { JsMsg, StoredMsg } from 'nats';
import type { Delivery } from '../../bridge';
import { originalSubject } from '../../contracts';

/** A healthy server confirms in a millisecond; after this it has gone, and redelivers when it is back. */
const SETTLE_MS = 2_000;

/** Stands in for headers that are not headers, say a name with a space in it: no client can read any of them then. */
const UNREADABLE_HEADERS = 'Sagaline-Unreadable-Headers';

/** The server's answer to an acknowledgement stayed away; the event may come again. */
export class UnconfirmedAckError extends Error {
  override readonly name = 'UnconfirmedAckError';
  constructor(
    readonly sequence: number,
    options?: ErrorOptions,
  ) {
    super(`the acknowledgement of event ${sequence} was not confirmed`, options);
  }
}

/** @param onSettled told the stream sequence once the server has confirmed */
export function deliveryOf(message: JsMsg, onSettled: (sequence: number) => void): Delivery {
  return {
    subject: originalSubject(message.subject),
    headers: headersOf(message),
    body: message.data,
    stream: message.info.stream,
    sequence: message.seq,
    deliveryCount: message.info.deliveryCount,
    storedAt: new Date(message.info.timestampNanos / 1e6),
    working: () => fireAndForget(() => message.working()),
    release: () => fireAndForget(() => message.nak()),
    settle: async () => {
      const confirmed = await message.ackAck({ timeout: SETTLE_MS }).catch((cause: unknown) => {
        throw new UnconfirmedAckError(message.seq, { cause });
      });
      if (!confirmed) throw new UnconfirmedAckError(message.seq);
      onSettled(message.seq);
    },
  };
}

/** The client reads headers on demand and throws on the first bad name; that must not make the event unreadable. */
export function headersOf(message: JsMsg | StoredMsg): Delivery['headers'] {
  try {
    const head = 'header' in message ? message.header : message.headers;
    return Object.fromEntries((head?.keys() ?? []).map((name) => [name, head?.values(name) ?? []]));
  } catch (error) {
    return { [UNREADABLE_HEADERS]: [error instanceof Error ? error.message : String(error)] };
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
