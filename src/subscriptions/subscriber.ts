import type { DeadLetters, Delivery, Settlement } from '../delivery';
import { createDeadLettering, createHold, createSettlements, quietLog, retryPause } from '../delivery';
import type { Catalogue, CheckSignature, DomainEvent, Log, Rejection } from '../contracts';
import { decodeSigned, errorMessage, logFieldsOf, subscriptionRoute } from '../contracts';
import type { InEventSpan } from '../tracing';
import { isAddressed } from './addressed';
import { finalRejection } from './final-rejection';
import type { SubscriptionMetrics, SubscriptionOutcome } from './ports';
import type { SingleSubscribed } from './subscribe';

/** Attempts that count against an event. With pauses of one to two seconds, they take 45 to 60 seconds. */
const ATTEMPTS = 30;
/**
 * Events in a row that became dead letters after these attempts, with none handled between them. The cause is then not
 * in the events, and further events are held.
 */
const SET_ASIDE_IN_A_ROW = 5;

export interface SubscriberParts {
  readonly subscribed: Pick<SingleSubscribed, 'subscription' | 'handle'>;
  readonly catalogue: Catalogue;
  readonly deadLetters: DeadLetters;
  /** Checks the signature of each event, before it is parsed. Default: none is checked */
  readonly checkSignature?: CheckSignature | undefined;
  readonly metrics: SubscriptionMetrics;
  /** Puts the work on each event into its trace. Default: events keep the trace that they have. */
  readonly inEventSpan?: InEventSpan | undefined;
  readonly log: Log;
  /**
   * Whether all dependencies of the handler are available; called after each failure. While they are not (for example,
   * a database is down), events are held however long it takes. Default: they are available if another event was
   * handled since the previous attempt.
   */
  readonly surroundings?: () => Promise<boolean>;
  /**
   * Failures, while the dependencies are available, before the event becomes a dead letter. Default: 30, about a
   * minute.
   */
  readonly attempts?: number;
  /** A clock in milliseconds that never runs backwards. */
  readonly now: () => number;
  readonly random: () => number;
  /** Resolves after `ms` milliseconds, or as soon as the signal aborts. */
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
  const inEventSpan: InEventSpan = parts.inEventSpan ?? ((event, _span, work) => work(event));
  const span = { name: `handle ${subscription.name}`, kind: 'consumer' } as const;
  let handled = 0;
  let setAside = 0;

  return async (delivery, stopping) => {
    const inFlight = settlements.begin(delivery);
    try {
      inFlight.settle(await process(delivery, stopping));
    } catch (error) {
      // The connection is closed, or this is a defect.
      inFlight.leave(error);
    }
  };

  async function process(delivery: Delivery, stopping: AbortSignal): Promise<Settled> {
    if (!isAddressed(delivery.headers, subscription)) return { outcome: 'not-addressed' };
    const decoding = decodeSigned(delivery, catalogue, parts.checkSignature?.(delivery));
    if (decoding.ok) settlements.decoded(delivery, decoding.event.time);
    // The bridge cannot read it either: all consumers publish the same dead letter, and the stream stores it once.
    if (!decoding.ok) return deadLetter({ delivery, rejection: decoding.rejection }, stopping);
    const end = await inEventSpan(
      decoding.event,
      span,
      (event) => attempts(event, delivery, stopping),
      (each) => ('reason' in each ? { error: each.reason } : {}),
    );
    return 'reason' in end
      ? deadLetter({ delivery, rejection: end, route, event: decoding.event }, stopping)
      : end;
  }

  /** Calls the handler until it has taken the event, until it will never take it, or until this process stops. */
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
        hold(delivery, 'handler-failed', error, {
          subscription: subscription.name,
          ...logFieldsOf(event),
        });
        await sleep(retryPause(++attempt, random), stopping);
      }
    } while (!stopping.aborted);
    return { outcome: 'released' };
  }
}
