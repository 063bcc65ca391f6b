import type { DomainEvent, Log, Rejection, Route } from '../contracts';
import { errorMessage, isExpired, logFieldsOf, workflowIdOf } from '../contracts';
import type { Delivery, Hold } from '../delivery';
import { retryPause } from '../delivery';
import type { CircuitBreaker } from './circuit-breaker';
import type { DispatchOutcome } from './dispatch';
import { dispatch } from './dispatch';
import type { GuardedHook, HookFailed } from './hook';
import type { ConcurrencyLimiter } from './limiter';
import type { PoisonDetection, PoisonCheck } from './poison-message';
import type { HoldCause, PausedRoutes, Unavailability, Workflows } from './ports';
import type { DispatchTargets } from './dispatch-targets';
import type { WaitingQuota } from './waiting-quota';

/**
 * Attempts on which Temporal fails with an error of its own, or the dispatch hook throws, before the event becomes a
 * dead letter. With pauses of one to two seconds that is one to two minutes: the partition waits no longer.
 */
const FAILURES_BEFORE_DEAD_LETTER = 60;
/** Attempts without an answer, while other events are answered, before the log names the event: about four seconds. */
const UNANSWERED_BEFORE_NAMED = 5;
/**
 * Back-off steps that an unanswered attempt skips, so that it waits about half a second while the circuit breaker is
 * still closed.
 */
const UNANSWERED_STEPS = 3;

/** How soon an event goes on after its route does; the bridge learns of that within a second. */
const PAUSE_LOOK_MS = 250;

const HELD: Readonly<Record<Unavailability, HoldCause>> = {
  away: 'temporal-away',
  exhausted: 'temporal-exhausted',
  busy: 'workflow-busy',
  failing: 'workflow-failing',
};

/** The outcome of an event on one route. */
export type Delivered =
  | { readonly outcome: 'accepted' | 'repeated' | 'discarded' | 'released' }
  | { readonly outcome: 'dead-letter'; readonly rejection: Rejection };

const RELEASED: Delivered = { outcome: 'released' };

export interface DeliverParts {
  readonly workflows: Workflows;
  readonly limiter: ConcurrencyLimiter;
  readonly breaker: CircuitBreaker;
  readonly poison: PoisonDetection;
  readonly targets: DispatchTargets;
  readonly quota?: WaitingQuota | undefined;
  readonly pausedRoutes?: PausedRoutes;
  readonly hook: GuardedHook | undefined;
  readonly hold: Hold<HoldCause>;
  readonly log: Log;
  readonly clock: () => Date;
  readonly random: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Dispatches an event on one route, and repeats that until there is an outcome or the process stops. */
export type Deliver = (
  event: DomainEvent,
  route: Route,
  from: { readonly delivery: Delivery; readonly poisonCheck: PoisonCheck; readonly stopping: AbortSignal },
) => Promise<Delivered>;

export function createDeliver(parts: DeliverParts): Deliver {
  const { workflows, limiter, breaker, poison, targets, hook, hold, log, clock, random, sleep } = parts;

  return async (event, route, { delivery, poisonCheck, stopping }) => {
    const workflowId = workflowIdOf(route.workflow, event.key);
    const fields = () => ({ workflowId, ...logFieldsOf(event) });
    let failures = 0;
    let hookFailures = 0;
    let unanswered = 0;
    let skipped = 0;
    if (breaker.isOpen()) hold(delivery, 'temporal-away', undefined, fields());
    for (let attempts = 1; ; attempts++) {
      await whilePaused(event, route, delivery, stopping);
      if (stopping.aborted && isPaused(route)) return RELEASED;
      if (isExpired(event, clock().getTime()))
        return deadLetter('expired', `its expirytime was ${event.expiryTime ?? ''}`);
      const endAttempt = await breaker.admit(stopping);
      if (!endAttempt) return RELEASED;
      // Paused while the breaker was open.
      if (isPaused(route)) {
        endAttempt();
        continue;
      }
      const outcome = await attempt(event, route, delivery, poisonCheck).finally(endAttempt);
      switch (outcome.kind) {
        case 'accepted':
          targets.accepted(route);
          return { outcome: 'accepted' };
        case 'repeated':
        case 'discarded':
          return { outcome: outcome.kind };
        case 'dead-letter':
          return { outcome: 'dead-letter', rejection: outcome.rejection };
        case 'rejected':
          if (!targets.refused(route, outcome.cause))
            return deadLetter('rejected-by-temporal', errorMessage(outcome.cause));
          hold(delivery, 'misconfigured', outcome.cause, fields());
          break;
        case 'hook-failed': {
          const { cause } = outcome;
          if (++hookFailures >= FAILURES_BEFORE_DEAD_LETTER && hook?.failedFor(cause) === false)
            return deadLetter('failed-in-hook', `${hookFailures} attempts: ${errorMessage(cause)}`);
          hold(delivery, 'hook-failing', cause, fields());
          break;
        }
        case 'unavailable': {
          const { why, cause } = outcome;
          if (
            why === 'failing' &&
            ++failures >= FAILURES_BEFORE_DEAD_LETTER &&
            !targets.refused(route, cause)
          ) {
            const detail = `${failures} attempts on ${workflowId}: ${errorMessage(cause)}`;
            return deadLetter('failed-in-temporal', detail);
          }
          hold(delivery, HELD[why], cause, fields());
          skipped = why === 'away' ? UNANSWERED_STEPS : 0;
          if (why === 'away' && !breaker.isOpen() && ++unanswered === UNANSWERED_BEFORE_NAMED)
            log.error(
              { err: cause, ...fields() },
              'Temporal answers other events, but not this one: it is held',
            );
        }
      }
      // While the breaker is open, it makes the pauses, one for all events.
      if (!breaker.isOpen()) await sleep(retryPause(attempts + skipped, random), stopping);
      if (stopping.aborted) return RELEASED;
    }
  };

  function isPaused({ workflow }: Route): boolean {
    return parts.pausedRoutes?.heldBecause(workflow.name) !== undefined;
  }

  /** Waits while the route is paused: without an attempt, so that none is used up. */
  async function whilePaused(
    event: DomainEvent,
    route: Route,
    delivery: Delivery,
    stopping: AbortSignal,
  ): Promise<void> {
    if (isPaused(route)) hold(delivery, 'paused', undefined);
    while (isPaused(route) && !isExpired(event, clock().getTime()) && !stopping.aborted)
      await sleep(PAUSE_LOOK_MS, stopping);
  }

  /** Makes one attempt, as soon as the limiter admits it. */
  async function attempt(
    event: DomainEvent,
    route: Route,
    delivery: Delivery,
    poisonCheck: PoisonCheck,
  ): Promise<DispatchOutcome | HookFailed> {
    const leave: () => unknown = await (poisonCheck.kind === 'suspect'
      ? poison.beginAlone(delivery, poisonCheck)
      : limiter.enter());
    try {
      return await (hook ? hook.around(event, route, () => ask(event, route)) : ask(event, route));
    } finally {
      await leave();
    }
  }

  /** Dispatches the event, and reports the answer to the circuit breaker and the limiter. */
  async function ask(event: DomainEvent, route: Route): Promise<DispatchOutcome> {
    const outcome = await dispatch(event, route, workflows, parts.quota);
    if (outcome.kind !== 'unavailable') {
      breaker.answered();
      limiter.succeeded();
    } else if (outcome.why === 'exhausted') {
      breaker.answered();
      limiter.cut('Temporal is overloaded', outcome.cause);
    } else if (outcome.why === 'away') breaker.unanswered(outcome.cause);
    return outcome;
  }
}

function deadLetter(reason: Rejection['reason'], detail: string): Delivered {
  return { outcome: 'dead-letter', rejection: { reason, detail } };
}
