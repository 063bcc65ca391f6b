import type { DomainEvent, Rejection, Route } from '../contracts';
import { errorMessage, isExpired, workflowIdOf } from '../contracts';
import { backoff } from './backoff';
import type { CircuitBreaker } from './circuit-breaker';
import { dispatch } from './dispatch';
import type { DispatchOutcome } from './outcome';
import type { GuardedHook, HookFailed } from './hook';
import type { ConcurrencyLimiter } from './limiter';
import type { EventOutcome, HoldCause, Log, Unavailability, Workflows } from './ports';
import type { Settlement } from './settle';
import type { DispatchTargets } from './dispatch-targets';

/**
 * Attempts on which Temporal fails with an error of its own, or the dispatch hook throws, before the event becomes a dead letter. With pauses of one to
 * two seconds that is one to two minutes: the partition waits no longer.
 */
const FAILURES_BEFORE_DEAD_LETTER = 60;
/** Attempts without an answer, while other events are answered, before the log names the event: some four seconds. */
const UNANSWERED_BEFORE_NAMED = 5;
/** Steps of the back-off that an unanswered attempt skips: until the circuit breaker opens, it waits half a second. */
const UNANSWERED_STEPS = 3;

const HELD: Readonly<Record<Unavailability, HoldCause>> = {
  away: 'temporal-away',
  exhausted: 'temporal-exhausted',
  busy: 'workflow-busy',
  failing: 'workflow-failing',
};

export type Settled = Settlement<EventOutcome>;

export const RELEASED: Settled = { outcome: 'released' };

/** How the event that is being delivered is tried, held and dead-lettered. */
export interface Delivering {
  readonly stopping: AbortSignal;
  /** Runs one attempt at Temporal; `undefined` when we stop while Temporal is away. */
  readonly attempt: <Result>(attempt: () => Promise<Result>) => Promise<Result | undefined>;
  /** Counts that the event is held, and writes it to the log once for each cause. */
  readonly hold: (cause: HoldCause, error: unknown, workflowId?: string) => void;
  readonly deadLetter: (rejection: Rejection, route: string) => Promise<Settled>;
}

export interface DeliverParts {
  readonly workflows: Workflows;
  readonly limiter: ConcurrencyLimiter;
  readonly breaker: CircuitBreaker;
  readonly targets: DispatchTargets;
  readonly hook: GuardedHook;
  readonly log: Log;
  readonly clock: () => Date;
  readonly random: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Delivers an event on one route: tries until it has an outcome, or we stop. */
export async function deliver(
  event: DomainEvent,
  route: Route,
  { stopping, attempt, hold, deadLetter }: Delivering,
  { workflows, limiter, breaker, targets, hook, log, clock, random, sleep }: DeliverParts,
): Promise<Settled> {
  const workflowId = workflowIdOf(route.workflow, event.key);
  let failures = 0;
  let hookFailures = 0;
  let unanswered = 0;
  let skipped = 0;
  if (breaker.isOpen()) hold('temporal-away', undefined);
  for (let attempts = 1; ; attempts++) {
    if (isExpired(event, clock().getTime())) {
      return deadLetter(
        { reason: 'expired', detail: `its expirytime was ${event.expiryTime ?? ''}` },
        route.name,
      );
    }
    const outcome = await attempt(ask);
    if (!outcome) return RELEASED;
    switch (outcome.kind) {
      case 'accepted':
        targets.accepted(route);
        return { outcome: 'accepted' };
      case 'repeated':
      case 'discarded':
        return { outcome: outcome.kind };
      case 'dead-letter':
        return deadLetter(outcome.rejection, route.name);
      case 'rejected':
        if (!targets.refused(route, outcome.cause))
          return deadLetter(
            { reason: 'rejected-by-temporal', detail: errorMessage(outcome.cause) },
            route.name,
          );
        hold('misconfigured', outcome.cause, workflowId);
        break;
      case 'hook-failed': {
        const { cause } = outcome;
        if (++hookFailures >= FAILURES_BEFORE_DEAD_LETTER && !hook.failedFor(cause)) {
          const detail = `${hookFailures} attempts: ${errorMessage(cause)}`;
          return deadLetter({ reason: 'failed-in-hook', detail }, route.name);
        }
        hold('hook-failing', cause, workflowId);
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
          return deadLetter({ reason: 'failed-in-temporal', detail }, route.name);
        }
        hold(HELD[why], cause, workflowId);
        skipped = why === 'away' ? UNANSWERED_STEPS : 0;
        if (why === 'away' && !breaker.isOpen() && ++unanswered === UNANSWERED_BEFORE_NAMED)
          log.error(
            { err: cause, workflowId, type: event.type, id: event.id },
            'Temporal answers other events, but not this one: it is held',
          );
      }
    }
    // While the breaker is open, it makes the pauses, one for all events.
    if (!breaker.isOpen()) await sleep(backoff(attempts + skipped, random), stopping);
    if (stopping.aborted) return RELEASED;
  }

  /** One attempt, and what its answer says of Temporal's health. */
  function ask(): Promise<DispatchOutcome | HookFailed> {
    return hook.around(event, route, askTemporal);
  }

  async function askTemporal(): Promise<DispatchOutcome> {
    const outcome = await dispatch(event, route, workflows);
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
