import type { BatchPolicy, DomainEvent, LatestRun, Opening, WorkflowDefinition } from '../contracts';
import type { Delivery } from '../delivery';

/** The ports of the bridge. Adapters implement them; tests use fakes. */

/** Temporal's answer to one request. */
export type Answer<Value> =
  | { readonly kind: 'answered'; readonly value: Value }
  /** The same request may succeed later, and may have taken effect already. */
  | { readonly kind: 'unavailable'; readonly why: Unavailability; readonly cause: unknown }
  /** Temporal refused the request for an unknown cause; repeating it does not help. */
  | { readonly kind: 'rejected'; readonly cause: unknown };

/**
 * `away`: Temporal does not answer, does not answer in time, or denies access. `exhausted`: Temporal asks for fewer
 * requests. `busy`: this workflow alone cannot take more at the moment. `failing`: Temporal fails on this workflow
 * with an error of its own.
 */
export type Unavailability = 'away' | 'exhausted' | 'busy' | 'failing';

/** A workflow that an event is meant for. */
export interface Target {
  readonly workflow: WorkflowDefinition;
  readonly workflowId: string;
  readonly key: string;
  /** For a batcher: the policy with which it is opened, also again after it has closed. */
  readonly batch?: BatchPolicy;
  /** For a process that recurs: the occurrence to open, even if an earlier run has closed. */
  readonly opening?: Opening;
}

export interface Workflows {
  /**
   * Delivers the event as a signal, and opens the workflow if it is not open. `closed`: the workflow has completed;
   * this never happens for a batcher, or if the target names an occurrence. `full`: the run has received as many
   * signals as Temporal accepts.
   */
  signalWithStart(target: Target, event: DomainEvent): Promise<Answer<'accepted' | 'closed' | 'full'>>;
  /** Delivers the event as a signal to an open workflow. */
  signal(target: Target, event: DomainEvent): Promise<Answer<'accepted' | 'not-open' | 'full'>>;
  /** Whether the workflow is open now, has closed, or never existed (as far as Temporal remembers). */
  status(target: Target): Promise<Answer<'open' | 'closed' | 'missing'>>;
  /** Whether a closed workflow has received this event while it was open. */
  hasSeen(target: Target, event: DomainEvent): Promise<Answer<boolean>>;
  /** The latest run of a process that recurs. */
  latestRun(target: Target): Promise<Answer<LatestRun>>;
}

/**
 * Marks that survive this process, on events that may have crashed it: how often it crashed with no other event in
 * flight.
 */
export interface PoisonMarks {
  crashesOf(event: Pick<Delivery, 'stream' | 'sequence'>): Promise<number>;
  /** Resolves when the mark is stored, so that it survives a crash. */
  mark(event: Pick<Delivery, 'stream' | 'sequence'>, ends: number): Promise<void>;
}

/** The routes that an operator has paused. */
export interface PausedRoutes {
  /** Why the events for this workflow wait, in words; `undefined` if they do not. */
  heldBecause(workflow: string): string | undefined;
}

/** The outcome of one attempt to dispatch an event, as a dispatch hook sees it. */
export type Dispatched =
  | { readonly kind: 'accepted' | 'repeated' | 'discarded' | 'dead-letter' }
  /** Temporal did not take the event; it is held, or becomes a dead letter. The next attempt calls the hook again. */
  | { readonly kind: 'unavailable' | 'rejected' }
  /** The hook refuses the event: it becomes the dead letter `vetoed`. */
  | { readonly kind: 'vetoed'; readonly detail: string };

/** The route that an event takes, as a dispatch hook sees it. */
export interface DispatchedRoute {
  readonly name: string;
  readonly workflow: string;
  readonly workflowId: string;
}

/**
 * Your code around each attempt to dispatch an event. It returns the answer of `next`, or a veto without calling
 * `next`. A hook that throws, or takes more than five seconds of its own, is called again with the next attempt.
 *
 * @example
 * const hook: DispatchHook = async (event, route, next) => {
 *   if (event.source === '/tenants/7') return { kind: 'vetoed', detail: `${event.source} is suspended` };
 *   return next();
 * };
 */
export type DispatchHook = (
  event: DomainEvent,
  route: DispatchedRoute,
  next: () => Promise<Dispatched>,
) => Promise<Dispatched>;

/** How one event ended, for metrics. */
export type EventOutcome = 'accepted' | 'repeated' | 'discarded' | 'unrouted' | 'dead-letter' | 'released';

export type HoldCause =
  | 'temporal-away'
  | 'temporal-exhausted'
  | 'workflow-busy'
  | 'workflow-failing'
  | 'hook-failing'
  | 'misconfigured'
  | 'paused'
  | 'dead-letters-unavailable';

/**
 * How a workflow type gets its events: `opening` by signal-with-start, `reaching` by signal. Their requests differ (an
 * opening has a summary, search attributes and a task queue), so one may be misconfigured while the other works.
 */
export interface DispatchTarget {
  readonly workflow: string;
  readonly kind: 'opening' | 'reaching';
}

export interface BridgeMetrics {
  /**
   * @param seconds from the arrival at the bridge
   * @param ageSeconds from the event's own time, or from its storing if it has none or could not be read
   */
  settled(outcome: EventOutcome, reason: string | undefined, seconds: number, ageSeconds?: number): void;
  /** An attempt that Temporal or the dead-letter stream could not take; the event is held. */
  held(cause: HoldCause): void;
  /** Fields of an event that its contract does not know, which were left out. */
  unknownFields(type: string, fields: readonly string[]): void;
  /** The current limit of concurrent attempts, read at each scrape. */
  concurrency(limit: () => number): void;
  /** All targets, and whether Temporal refuses every event of one, read at each scrape. */
  misconfigured(
    targets: readonly DispatchTarget[],
    isMisconfigured: (target: DispatchTarget) => boolean,
  ): void;
}
