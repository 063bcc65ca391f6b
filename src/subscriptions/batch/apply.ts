import type { Transaction } from '../../adapters/postgres';
import type { DeadLetters, Received } from '../../delivery';
import { createDeadLettering, createHold, quietLog, retryPause } from '../../delivery';
import type { Catalogue, CheckSignature, DomainEvent, Log, Rejection } from '../../contracts';
import { decodeSigned, errorMessage, logFieldsOf, subscriptionRoute } from '../../contracts';
import { isAddressed } from '../addressed';
import { finalRejection } from '../final-rejection';
import type { StreamPosition, SubscriptionMetrics } from '../ports';
import type { BatchSubscribed } from '../subscribe';
import { LaneLostError } from './ports';

/** Attempts that count against an event, as for a single one: 45 to 60 seconds. */
const ATTEMPTS = 30;
/** Attempts at a whole batch before it is halved: a lock or a restart of the server is over by then, mostly. */
const WHOLE_ATTEMPTS = 3;
/** As for single events: the cause of more failures in a row is not in the events. */
const SET_ASIDE_IN_A_ROW = 5;

export interface BatchParts {
  readonly subscribed: BatchSubscribed;
  readonly catalogue: Catalogue;
  readonly deadLetters: DeadLetters;
  readonly checkSignature?: CheckSignature | undefined;
  readonly metrics: SubscriptionMetrics;
  readonly log: Log;
  /** Whether all dependencies of the handler are available; called after each failure. */
  readonly surroundings?: (() => Promise<boolean>) | undefined;
  /** Failures, while the dependencies are available, before an event becomes a dead letter. Default: 30 */
  readonly attempts?: number | undefined;
  /** A clock in milliseconds that never runs backwards. */
  readonly now: () => number;
  readonly clock?: () => Date;
  readonly random: () => number;
  /** Resolves after `ms` milliseconds, or as soon as the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Moves the position of a lane to a sequence, and does the work in the same transaction. */
export type Advance = (to: number, work: (transaction: Transaction) => Promise<void>) => Promise<void>;

/**
 * Applies events, which are the next ones of a lane, in order. Resolves when all of them are applied, or are dead
 * letters, and the position is moved; or earlier, if the process stops.
 *
 * @throws LaneLostError if another process has the lane
 */
export type ApplyBatch = (
  messages: readonly Received[],
  advance: Advance,
  stopping: AbortSignal,
) => Promise<void>;

/** An event that was read, with its message. */
interface Read {
  readonly event: DomainEvent;
  readonly message: Received;
}

/** The fate of one batch in one process; failures are counted over all lanes of the process. */
export function createBatchApplier(parts: BatchParts): ApplyBatch {
  const { subscribed, catalogue, metrics, now, random, sleep, clock = () => new Date() } = parts;
  const { subscription, handleBatch } = subscribed;
  const route = subscriptionRoute(subscription);
  const log = quietLog(parts.log, now);
  const hold = createHold<Parameters<SubscriptionMetrics['held']>[0]>({ metrics, log });
  const deadLetter = createDeadLettering({ deadLetters: parts.deadLetters, hold, log, random, sleep });
  const most = parts.attempts ?? ATTEMPTS;
  let handled = 0;
  let setAside = 0;

  return async (messages, advance, stopping) => {
    const since = now();
    const last = messages.at(-1)?.sequence;
    if (last === undefined) return;
    const settled = (
      outcome: Parameters<SubscriptionMetrics['settled']>[0],
      message: Received,
      reason?: string,
      event?: DomainEvent,
    ) => {
      const time = event?.time === undefined ? NaN : Date.parse(event.time);
      const at = Number.isNaN(time) ? message.storedAt.getTime() : time;
      const age = Math.max(0, clock().getTime() - at) / 1_000;
      metrics.settled(outcome, reason, (now() - since) / 1_000, age);
    };
    const readable = await readAll();
    if (readable) await apply(readable, last);

    /** @returns the events for the handler; `undefined` if the process stops before the others are dead letters */
    async function readAll(): Promise<Read[] | undefined> {
      const found: Read[] = [];
      for (const message of messages) {
        if (!isAddressed(message.headers, subscription)) {
          settled('not-addressed', message);
          continue;
        }
        const decoding = decodeSigned(message, catalogue, parts.checkSignature?.(message));
        if (decoding.ok) found.push({ event: decoding.event, message });
        // The bridge cannot read it either: all consumers publish the same dead letter, and the stream stores it once.
        else if (!(await setApart({ message, rejection: decoding.rejection }))) return undefined;
      }
      return found;
    }

    /** Applies a part of the batch, and moves the position to `to`. @returns whether it is done */
    async function apply(part: readonly Read[], to: number): Promise<boolean> {
      const failure = await attempt(part, to);
      if (failure === 'done') return true;
      if (failure === 'stopped') return false;
      const [first, ...more] = part;
      if (first && more.length === 0) {
        const isSetApart = await setApart({ message: first.message, rejection: failure, event: first.event });
        return isSetApart && apply([], to);
      }
      const half = Math.ceil(part.length / 2);
      const firstHalf = part.slice(0, half);
      const endOfHalf = firstHalf.at(-1)?.message.sequence ?? to;
      return (await apply(firstHalf, endOfHalf)) && apply(part.slice(half), to);
    }

    /** Hands events over until the handler has taken them, until that is hopeless, or until the process stops. */
    async function attempt(part: readonly Read[], to: number): Promise<Rejection | 'done' | 'stopped'> {
      let against = 0;
      let others = handled;
      for (let failures = 1; ; failures++) {
        try {
          await advance(to, (transaction) => handOver(part, transaction));
          handled += part.length;
          if (part.length > 0) setAside = 0;
          for (const { event, message } of part) settled('handled', message, undefined, event);
          return 'done';
        } catch (error) {
          if (error instanceof LaneLostError) throw error;
          const final = part.length > 0 ? finalRejection(error) : undefined;
          if (final) return final;
          if (handled > others || (await parts.surroundings?.()) === true) against++;
          others = handled;
          const rejection: Rejection = {
            reason: 'failed-in-subscription',
            detail: `${against} attempts: ${errorMessage(error)}`,
          };
          if (part.length > 1 && against >= Math.min(WHOLE_ATTEMPTS, most)) return rejection;
          if (part.length === 1 && against >= most && setAside < SET_ASIDE_IN_A_ROW) {
            setAside++;
            return rejection;
          }
          const [first] = part;
          const message = first?.message ?? messages[0];
          if (message)
            hold(message, 'handler-failed', error, {
              ...{ subscription: subscription.name, events: part.length },
              ...(first && logFieldsOf(first.event)),
            });
          await sleep(retryPause(failures, random), stopping);
          if (stopping.aborted) return 'stopped';
        }
      }
    }

    /** @returns whether the stream has the dead letter */
    async function setApart(rejected: {
      readonly message: Received;
      readonly rejection: Rejection;
      readonly event?: DomainEvent;
    }): Promise<boolean> {
      const { message: delivery, rejection, event } = rejected;
      const { outcome } = await deadLetter(
        event ? { delivery, rejection, event, route } : { delivery, rejection },
        stopping,
      );
      if (outcome !== 'dead-letter') return false;
      settled('dead-letter', delivery, rejection.reason, event);
      return true;
    }
  };

  async function handOver(part: readonly Read[], transaction: Transaction): Promise<void> {
    if (part.length === 0) return;
    await handleBatch(
      part.map(({ event }) => event),
      transaction,
      part.map(({ message: { stream, sequence, storedAt } }): StreamPosition => ({
        stream,
        sequence,
        storedAt,
      })),
    );
  }
}
