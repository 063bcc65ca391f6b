import type { Msg, NatsConnection } from 'nats';
import { ErrorCode, nanos, NatsError } from 'nats';
import { apiPrefixOf, newInbox } from '../connection/api';
import { ACK_WAIT_MS } from './consumer';

/**
 * How long the server keeps one request for events; then the next one is sent. (64 partitions cost an idle bridge 21
 * requests and 21 answers a second.) Shorter than `ack_wait`: when the server redelivers the event of a crashed
 * process, the request of that process has expired, so the event goes to another process.
 */
const REQUEST_MS = ACK_WAIT_MS - 1_000;
/**
 * Events for one request. The server sends the next event when the last one is acknowledged, without a new request.
 * One partition has fewer events than this within the time of a request.
 */
const EVENTS_PER_REQUEST = 1_000;
/** The server reports an expired request. If the report is later than this, it was lost. */
const LOST_MS = 1_000;
/**
 * How long `end` waits for the server. A reachable server answers a ping in a millisecond; an unreachable one cannot
 * send anything either.
 */
const FAREWELL_MS = 1_000;

/** Status of a request that has brought as many bytes as it may. Other conflicts, such as a deleted consumer, have it too. */
const CONFLICT = 409;
const ENOUGH_BYTES = /max ?bytes/i;
/** The same status after the last event of a request that limits the bytes. */
const COMPLETED = /^batch completed$/i;

/** Statuses of a valid request that found no event: https://github.com/nats-io/nats-architecture-and-design, ADR-13. */
const NO_EVENT: ReadonlySet<number> = new Set([404, 408]);

/** Pulls the events of one consumer; the consumer hands out one at a time. */
export interface Pull {
  /**
   * The next event; `undefined` if none came within the time of a request, or after the end.
   *
   * @throws NatsError when the consumer was deleted or is moving, when JetStream is not available, or when no answer
   *   came. A deleted consumer shows only as a missing answer if another client subscribes to the API's subjects
   */
  next(): Promise<Msg | undefined>;
  /** Drops the pending request, which the server has forgotten, so that a new one is sent. */
  renew(): void;
  /**
   * Ends the pull without losing an event: `next` still returns events that the server sent before it learned of the
   * end. The client's own `stop()` drops such an event, which is then delivered a second time, after `ack_wait`.
   *
   * Within a cluster the unsubscribe needs time to spread. An event that crosses it there is delivered again.
   */
  end(): void;
  /** Whether `next` has nothing more to return. */
  ended(): boolean;
}

/**
 * @param maxBytes what one request brings at most; the next request is not sent before `next` has returned all of it
 */
export function openPull(
  connection: NatsConnection,
  stream: string,
  consumer: string,
  { maxBytes }: { readonly maxBytes?: number } = {},
): Pull {
  const inbox = newInbox(connection);
  const question = JSON.stringify({
    ...{ batch: EVENTS_PER_REQUEST, expires: nanos(REQUEST_MS) },
    ...(maxBytes !== undefined && { max_bytes: maxBytes }),
  });
  const arrived: Msg[] = [];
  let failure: Error | undefined;
  let wake: () => void = () => undefined;
  /** Set while a request is pending. */
  let lost: NodeJS.Timeout | undefined;
  let brought = 0;
  let farewell: Promise<void> | undefined;
  let ended = false;

  const subscription = connection.subscribe(inbox, {
    callback: (error, message) => {
      if (error) over(error);
      else if (message.subject === inbox) {
        // After its last event a request is over by the count, and the next one may be pending already.
        if (brought > 0 || !isConflict(message, COMPLETED)) over(failureOf(message));
      } else {
        arrived.push(message);
        if (++brought === EVENTS_PER_REQUEST) over(undefined);
        else wake();
      }
    },
  });

  /** Ends the pending request. */
  function over(refusal: Error | undefined): void {
    clearTimeout(lost);
    lost = undefined;
    failure = refusal;
    wake();
  }

  /** Sends a request, unless one is pending. */
  function ask(): void {
    if (lost) return;
    failure = undefined;
    brought = 0;
    connection.publish(`${apiPrefixOf(connection)}.CONSUMER.MSG.NEXT.${stream}.${consumer}`, question, {
      reply: inbox,
    });
    lost = setTimeout(
      () => over(new NatsError('the server has not answered a request for an event', ErrorCode.Timeout)),
      REQUEST_MS + LOST_MS,
    );
  }

  return {
    next: async () => {
      if (arrived.length === 0 && farewell === undefined && failure === undefined) {
        ask();
        await new Promise<void>((resolve) => (wake = resolve));
      }
      await farewell;
      const message = arrived.shift();
      if (message === undefined && failure && farewell === undefined) {
        const thrown = failure;
        failure = undefined;
        throw thrown;
      }
      return message;
    },
    renew: () => over(undefined),
    end: () => {
      farewell ??= Promise.race([subscription.drain(), afterMs(FAREWELL_MS)])
        .catch(() => undefined)
        .then(() => void (ended = true));
      over(undefined);
    },
    ended: () => ended && arrived.length === 0,
  };
}

function failureOf(message: Msg): NatsError | undefined {
  const { headers } = message;
  const code = headers?.code ?? 0;
  if (isConflict(message, ENOUGH_BYTES) || isConflict(message, COMPLETED)) return undefined;
  return NO_EVENT.has(code) ? undefined : new NatsError(headers?.description ?? 'no answer', String(code));
}

function isConflict({ headers }: Msg, description: RegExp): boolean {
  return headers?.code === CONFLICT && description.test(headers.description);
}

function afterMs(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
