import type { BatchPolicy, DomainEvent, LatestRun, Opening, WorkflowDefinition } from '../contracts';
import type { Delivery } from '../delivery';

/** What the bridge needs of the world. The adapters implement these; tests have fakes of them. */

/** Temporal's answer to one request. */
export type Answer<Value> =
  | { readonly kind: 'answered'; readonly value: Value }
  /** The same request may succeed later, and may have taken effect already. */
  | { readonly kind: 'unavailable'; readonly why: Unavailability; readonly cause: unknown }
  /** Refused for a cause that we do not know: repeating it would not help. */
  | { readonly kind: 'rejected'; readonly cause: unknown };

/**
 * `away`: Temporal does not answer, not in time, or does not let us in. `exhausted`: it is there and wants fewer requests.
 * `busy`: only this workflow cannot take more at the moment. `failing`: an error of Temporal's own with this workflow.
 */
export type Unavailability = 'away' | 'exhausted' | 'busy' | 'failing';

/** A workflow that an event is meant for. */
export interface Target {
  readonly workflow: WorkflowDefinition;
  readonly workflowId: string;
  readonly key: string;
  /** Of a batcher: it is opened with it, and again where it has closed. */
  readonly batch?: BatchPolicy;
  /** Of a process that recurs: the occurrence to open, whatever closed run there is. */
  readonly opening?: Opening;
}

export interface Workflows {
  /**
   * Delivers the event as a signal, opening the workflow where it is not open. `closed`: it has run to its end; no
   * batcher ever has, nor a process for which the target names an occurrence. `full`: its run has had as many signals as Temporal takes.
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

/** Marks that survive this process, on events that may have ended it: how often it ended while it had nothing else in hand. */
export interface PoisonMarks {
  crashesOf(event: Pick<Delivery, 'stream' | 'sequence'>): Promise<number>;
  /** Resolves when the mark would survive us. */
  mark(event: Pick<Delivery, 'stream' | 'sequence'>, ends: number): Promise<void>;
}

/** What became of one attempt at handing an event to Temporal, as a dispatch hook sees it. */
export type Dispatched =
  | { readonly kind: 'accepted' | 'repeated' | 'discarded' | 'dead-letter' }
  /** Temporal did not take it; the event is held, or becomes a dead letter. The next attempt calls the hook again. */
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
 * Code of a deployment around each attempt at handing an event to Temporal. It returns what `next` has answered, or a veto
 * without calling it. A hook that throws, or takes more than five seconds of its own, is called again with the next attempt.
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
  settled(outcome: EventOutcome, reason: string | undefined, seconds: number): void;
  /** An attempt that Temporal or the dead-letter stream could not take; the event is held. */
  held(cause: HoldCause): void;
  /** Fields of an event that its contract does not know, which were left out. */
  unknownFields(type: string, fields: readonly string[]): void;
  /** How many attempts at once the bridge allows itself, asked at each scrape. */
  concurrency(limit: () => number): void;
  /** All targets, and whether Temporal refuses every event of one, asked at each scrape. */
  misconfigured(
    targets: readonly DispatchTarget[],
    isMisconfigured: (target: DispatchTarget) => boolean,
  ): void;
}
