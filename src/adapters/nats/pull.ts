import type { Msg, NatsConnection } from 'nats';
import { createInbox, ErrorCode, nanos, NatsError } from 'nats';
import type { Wire } from './wire';

/**
 * How long the server keeps one request for an event; then the next one is sent. (64 partitions cost an idle bridge 13
 * requests and 13 answers a second.)
 */
const REQUEST_MS = 5_000;
/** The server tells when a request has run out; an answer that stays away for this long on top of it got lost. */
const LOST_MS = 1_000;
/** A healthy server confirms in a millisecond; after this it has gone, and redelivers when it is back. */
const CONFIRMED_WITHIN_MS = 2_000;
/** A server that is there answers a ping in a millisecond; one that is away cannot send us anything either. */
const FAREWELL_MS = 1_000;

/** Statuses of a request that was fine and found no event: https://github.com/nats-io/nats-architecture-and-design, ADR-13. */
const NO_EVENT: ReadonlySet<number> = new Set([404, 408]);

/** Asks one consumer for its events, one at a time. */
export interface Pull {
  /**
   * The next event; `undefined` when none has come for a while, or after the end.
   *
   * @throws NatsError when there is nobody to ask: the consumer was deleted or moves, JetStream is not there; or when no
   * answer has come, which is all that one hears of a deleted consumer where somebody else listens to the API's subjects
   */
  next(): Promise<Msg | undefined>;
  /**
   * Acknowledges an event, and asks for the next one in the same breath: the server hands it out as soon as it has taken
   * the acknowledgement, never before.
   *
   * @throws NatsError when the server has not confirmed it
   */
  acknowledge(event: Msg): Promise<void>;
  /** Gives up the request that is under way: its server has forgotten it. */
  renew(): void;
  /**
   * Ends it without losing an event: what the server has sent before it heard of the end still comes out of `next`. The
   * client's own `stop()` drops such an event, which then waits for `ack_wait` and is delivered a second time.
   *
   * Between the servers of a cluster the news takes its time, and an event that crosses it there is delivered again.
   */
  end(): void;
  /** Nothing more will come. */
  ended(): boolean;
}

export function openPull(connection: NatsConnection, wire: Wire, stream: string, consumer: string): Pull {
  const inbox = createInbox();
  const question = JSON.stringify({ batch: 1, expires: nanos(REQUEST_MS) });
  const arrived: Msg[] = [];
  let failure: Error | undefined;
  let wake: () => void = () => undefined;
  let lost: NodeJS.Timeout | undefined;
  let farewell: Promise<void> | undefined;
  let over = false;

  const subscription = connection.subscribe(inbox, {
    callback: (error, message) => {
      if (error) answered(error);
      else if (message.subject === inbox) answered(failureOf(message));
      else {
        arrived.push(message);
        answered(undefined);
      }
    },
  });

  function answered(refusal: Error | undefined): void {
    clearTimeout(lost);
    lost = undefined;
    failure = refusal;
    wake();
  }

  /** One request at a time. */
  function ask(): void {
    if (lost) return;
    failure = undefined;
    wire.send(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`, question, inbox);
    lost = setTimeout(
      () => answered(new NatsError('the server has not answered a request for an event', ErrorCode.Timeout)),
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
    acknowledge: async ({ reply = '' }) => {
      const confirmation = wire.request(reply, '+ACK', CONFIRMED_WITHIN_MS);
      if (farewell === undefined) ask();
      await confirmation;
    },
    renew: () => answered(undefined),
    end: () => {
      farewell ??= Promise.race([subscription.drain(), afterMs(FAREWELL_MS)])
        .catch(() => undefined)
        .then(() => void (over = true));
      answered(undefined);
    },
    ended: () => over && arrived.length === 0,
  };
}

function failureOf({ headers }: Msg): NatsError | undefined {
  const code = headers?.code ?? 0;
  return NO_EVENT.has(code) ? undefined : new NatsError(headers?.description ?? 'no answer', String(code));
}

function afterMs(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
