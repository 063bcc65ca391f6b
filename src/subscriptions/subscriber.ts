import type { DeadLetters, Delivery, Settlement } from '../delivery';
import {
  createDeadLettering,
  createHold,
  createSettlements,
  decode,
  quietLog,
  retryPause,
} from '../delivery';
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
type Cause = Parameters<SubscriptionMetrics['held']>[0];

export function createSubscriber(parts: SubscriberParts): Subscriber {
  const { subscribed, catalogue, metrics, now, random, sleep } = parts;
  const { subscription, handle } = subscribed;
  const route = subscriptionRoute(subscription);
  const log = quietLog(parts.log, now);
  const settlements = createSettlements<SubscriptionOutcome>({ metrics, log, now });
  const hold = createHold<Cause>({ metrics, log });
  const deadLetter = createDeadLettering({ deadLetters: parts.deadLetters, hold, log, random, sleep });
  const most = parts.attempts ?? ATTEMPTS;
  let handled = 0;
  let setAside = 0;

  return async (delivery, stopping) => {
    const inFlight = settlements.begin(delivery);
    try {
      inFlight.settle(await process(delivery, stopping));
    } catch (error) {
      // There is no connection any more, or this is a defect.
      inFlight.leave(error);
    }
  };

  async function process(delivery: Delivery, stopping: AbortSignal): Promise<Settled> {
    if (!isAddressed(delivery.headers, subscription)) return { outcome: 'not-addressed' };
    const decoding = decode(delivery, catalogue);
    // Nobody can read it, the bridge neither: one dead letter for all, whoever publishes it first.
    if (!decoding.ok) return deadLetter({ delivery, rejection: decoding.rejection }, stopping);
    const end = await attempts(decoding.event, delivery, stopping);
    return 'reason' in end ? deadLetter({ delivery, rejection: end, route }, stopping) : end;
  }

  /** Until the handler has taken the event, or will never take it, or we stop. */
  async function attempts(
    event: DomainEvent,
    delivery: Delivery,
    stopping: AbortSignal,
  ): Promise<Rejection | { readonly outcome: 'handled' | 'released' }> {
    const { stream, sequence, storedAt } = delivery;
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
        hold(delivery, 'handler-failed', error, { subscription: subscription.name });
        await sleep(retryPause(++attempt, random), stopping);
      }
    } while (!stopping.aborted);
    return { outcome: 'released' };
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
