import type { Msg, NatsConnection } from 'nats';
import { createInbox, ErrorCode, nanos, NatsError } from 'nats';
import { apiPrefixOf } from '../connection/api';
import { ACK_WAIT_MS } from './consumer';

/**
 * How long the server keeps one request for events; then the next one is sent. (64 partitions cost an idle bridge 21
 * requests and 21 answers a second.) Shorter than `ack_wait`: the request of a process that has stopped without a word has
 * run out when its event is given away, so that it is given to another one.
 */
const REQUEST_MS = ACK_WAIT_MS - 1_000;
/**
 * Events that one request may bring, one after another: the server hands out the next when the last is acknowledged, without
 * being asked. More than a partition has in a request's time.
 */
const EVENTS_PER_REQUEST = 1_000;
/** The server tells when a request has run out; an answer that stays away for this long on top of it got lost. */
const LOST_MS = 1_000;
/** A server that is there answers a ping in a millisecond; one that is away cannot send us anything either. */
const FAREWELL_MS = 1_000;

/** Statuses of a request that was fine and found no event: https://github.com/nats-io/nats-architecture-and-design, ADR-13. */
const NO_EVENT: ReadonlySet<number> = new Set([404, 408]);

/** Asks one consumer for its events; it hands out one at a time. */
export interface Pull {
  /**
   * The next event; `undefined` when none has come for a while, or after the end.
   *
   * @throws NatsError when there is nobody to ask: the consumer was deleted or moves, JetStream is not there; or when no
   * answer has come, which is all that one hears of a deleted consumer where somebody else listens to the API's subjects
   */
  next(): Promise<Msg | undefined>;
  /** Gives up the request that is under way: its server has forgotten it. */
  renew(): void;
  /**
   * Ends it without losing an event: what the server has sent before it heard of the end still comes out of `next`. The
   * client's own `stop()` drops such an event, which then waits for `ack_wait` and is delivered a second time.
   *
   * Between the servers of a cluster the notification takes its time, and an event that crosses it there is delivered again.
   */
  end(): void;
  /** Nothing more will come. */
  ended(): boolean;
}

export function openPull(connection: NatsConnection, stream: string, consumer: string): Pull {
  const inbox = createInbox();
  const question = JSON.stringify({ batch: EVENTS_PER_REQUEST, expires: nanos(REQUEST_MS) });
  const arrived: Msg[] = [];
  let failure: Error | undefined;
  let wake: () => void = () => undefined;
  /** Runs while a request is under way. */
  let lost: NodeJS.Timeout | undefined;
  let brought = 0;
  let farewell: Promise<void> | undefined;
  let ended = false;

  const subscription = connection.subscribe(inbox, {
    callback: (error, message) => {
      if (error) over(error);
      else if (message.subject === inbox) over(failureOf(message));
      else {
        arrived.push(message);
        if (++brought === EVENTS_PER_REQUEST) over(undefined);
        else wake();
      }
    },
  });

  /** The request that was under way is no more. */
  function over(refusal: Error | undefined): void {
    clearTimeout(lost);
    lost = undefined;
    failure = refusal;
    wake();
  }

  /** One request at a time. */
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

function failureOf({ headers }: Msg): NatsError | undefined {
  const code = headers?.code ?? 0;
  return NO_EVENT.has(code) ? undefined : new NatsError(headers?.description ?? 'no answer', String(code));
}

function afterMs(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
