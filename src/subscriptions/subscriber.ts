import type { DeadLetters, Delivery, Settlement } from '../bridge';
import { backoff, sendToDeadLetters, processAndSettle, createHeartbeats, decode, quietLog } from '../bridge';
import type { Catalogue, DomainEvent, Log, Rejection } from '../contracts';
import { DefectError, errorMessage, isDataError, RefusalError, subscriptionRoute } from '../contracts';
import { isAddressed } from './addressed';
import type { SubscriptionMetrics, SubscriptionOutcome } from './ports';
import type { Subscribed } from './subscribe';

/** Attempts that count against an event: with pauses of one to two seconds, 45 to 60 seconds. */
const ATTEMPTS = 30;
/** Events in a row that ended like this, with none handled between them, are no fault of the events: further ones are held. */
const SET_ASIDE_IN_A_ROW = 5;

export interface SubscriberParts {
  readonly subscribed: Pick<Subscribed, 'subscription' | 'handle'>;
  readonly catalogue: Catalogue;
  readonly deadLetters: DeadLetters;
  readonly metrics: SubscriptionMetrics;
  readonly log: Log;
  /**
   * Whether all that the handler needs is there, asked after each failure. While it is not (a database is away), events are held
   * however long it takes. Default: the surroundings are sound where another event got through since the attempt before.
   */
  readonly surroundings?: () => Promise<boolean>;
  /** Failures amid sound surroundings before the event is a dead letter. Default: 30, about a minute. */
  readonly attempts?: number;
  /** Milliseconds that never run backwards. */
  readonly now: () => number;
  readonly random: () => number;
  /** Resolves after so many milliseconds, or as soon as the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Takes one event through decode → handle → settle; never rejects. */
export type Subscriber = (delivery: Delivery, stopping: AbortSignal) => Promise<void>;

type Settled = Settlement<SubscriptionOutcome>;
type Hold = (cause: Parameters<SubscriptionMetrics['held']>[0], error: unknown) => void;

export function createSubscriber(parts: SubscriberParts): Subscriber {
  const { subscribed, catalogue, deadLetters, metrics, now, random, sleep } = parts;
  const { subscription, handle } = subscribed;
  const route = subscriptionRoute(subscription);
  const log = quietLog(parts.log, now);
  const heartbeats = createHeartbeats(log);
  const most = parts.attempts ?? ATTEMPTS;
  let handled = 0;
  let setAside = 0;

  return (delivery, stopping) =>
    processAndSettle(delivery, () => process(delivery, stopping), {
      heartbeats,
      settled: (outcome, reason, seconds) => metrics.settled(outcome, reason, seconds),
      log,
      now,
    });

  async function process(delivery: Delivery, stopping: AbortSignal): Promise<Settled> {
    if (!isAddressed(delivery.headers, subscription)) return { outcome: 'not-addressed' };
    const hold = holding(delivery);
    const putAway = (rejection: Rejection, named: string | undefined) =>
      sendToDeadLetters(
        { delivery, rejection, route: named },
        { deadLetters, hold, stopping, log, random, sleep },
      );
    const decoding = decode(delivery, catalogue);
    // Nobody can read it, the bridge neither: one dead letter for all, whoever dead-letters it first.
    if (!decoding.ok) return putAway(decoding.rejection, undefined);
    const outcome = await attempts(decoding.event, delivery, hold, stopping);
    return 'reason' in outcome ? putAway(outcome, route) : outcome;
  }

  /** Until the handler has taken the event, or will never take it, or we stop. */
  async function attempts(
    event: DomainEvent,
    { stream, sequence, storedAt }: Delivery,
    hold: Hold,
    stopping: AbortSignal,
  ): Promise<Rejection | { readonly outcome: 'handled' | 'released' }> {
    let against = 0;
    let attempt = 0;
    let others = handled;
    do {
      try {
        await handle(event, { stream, sequence, storedAt });
        handled++;
        setAside = 0;
        return { outcome: 'handled' };
      } catch (error) {
        const final = finalRejection(error);
        if (final) return final;
        if (handled > others || (await parts.surroundings?.()) === true) against++;
        others = handled;
        if (against >= most && setAside < SET_ASIDE_IN_A_ROW) {
          setAside++;
          return { reason: 'failed-in-subscription', detail: `${against} attempts: ${errorMessage(error)}` };
        }
        hold('handler-failed', error);
        await sleep(backoff(++attempt, random), stopping);
      }
    } while (!stopping.aborted);
    return { outcome: 'released' };
  }

  /** Counts that the event is held, and says why, once for each cause. */
  function holding({ subject, sequence }: Delivery): Hold {
    const told = new Set<string>();
    return (cause, error) => {
      metrics.held(cause);
      if (told.has(cause)) return;
      told.add(cause);
      const { name } = subscription;
      log.warn({ err: error, subscription: name, subject, sequence }, `event held: ${cause}`);
    };
  }
}

/** Where repeating would not help: the handler refuses the event, or its data cannot be handled. */
export function finalRejection(error: unknown): Rejection | undefined {
  if (error instanceof RefusalError) {
    return { reason: 'refused-by-subscription', detail: `${error.type}: ${error.message}` };
  }
  if (error instanceof DefectError || isDataError(error)) {
    return { reason: 'failed-in-subscription', detail: errorMessage(error) };
  }
  return undefined;
}
