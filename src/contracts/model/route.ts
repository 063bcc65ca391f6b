import { InvalidConfigError } from './invalid-config';
import type { DomainEvent, EventContract } from './event';

/** The fields of every kind of workflow. The workflow id is `<name>-<correlation key>`. */
interface Definition<Name extends string> {
  /** Workflow type, and prefix of the workflow ids. */
  readonly name: Name;
  /** The task queue of the pool that runs it. */
  readonly taskQueue: string;
  /** What the Temporal UI shows beside the id. */
  readonly summary: (key: string) => string;
}

/**
 * A change of `SagaState`, as the state diagram of a process shows it.
 *
 * @example
 * const acknowledged: Transition = { from: 'raised', on: 'alerts.acknowledged', to: 'closed' };
 */
export interface Transition {
  readonly from: string;
  /** The event or outcome that leads to the other state, in a few words. */
  readonly on: string;
  readonly to: string;
}

/**
 * A business process: one workflow for each correlation key. It runs once, or, with `recurs`, once for each
 * occurrence.
 *
 * @example
 * export const alert = {
 *   name: 'alert',
 *   taskQueue: 'devices',
 *   recurs: true,
 *   initialState: 'raised',
 *   summary: (deviceId) => `Alert of ${deviceId}`,
 * } as const satisfies ProcessDefinition;
 */
export interface ProcessDefinition<Name extends string = string> extends Definition<Name> {
  readonly batches?: false;
  /**
   * Whether an opening event starts a new occurrence after the last one has ended. Make such a workflow with
   * `recurring` (`sagaline/workflow`). Default: false; the event is then `late`.
   */
  readonly recurs?: boolean;
  /** Value of the search attribute `SagaState` until the workflow sets its own. */
  readonly initialState: string;
  /**
   * The states in which the process waits for a person, in addition to the engine's own (`compensation-stuck`,
   * `step-stuck`). `sagaline sagas stuck` lists the workflows in one of these states.
   */
  readonly waitsForPerson?: readonly string[];
  /** The state machine, for people: the console draws it. Default: no diagram */
  readonly transitions?: readonly Transition[];
  /** The end state that `sagaline events publish --wait` reports as a success. Default: every end state. */
  readonly goodEnd?: string;
}

/** A batcher (`batcher` in src/saga): collects events and flushes them as batches. Events may open it again and again. */
export interface BatcherDefinition<Name extends string = string> extends Definition<Name> {
  readonly batches: true;
  readonly initialState: 'collecting';
}

/** A kind of workflow that events reach. */
export type WorkflowDefinition = ProcessDefinition | BatcherDefinition;

/**
 * When a batch is flushed: as soon as one of these limits is reached. A batcher keeps the policy with which it was
 * opened, also through continue-as-new. A changed policy applies from the next opening, which follows a pause of
 * `withinMs`.
 */
export interface BatchPolicy {
  /** Number of events: 1 to {@link MAX_BATCH_SIZE}. */
  readonly size: number;
  /** Milliseconds after the first event of the batch: 1 to {@link MAX_BATCH_WAIT_MS}. */
  readonly withinMs: number;
  /** Milliseconds without a new event; less than `withinMs`. Default: a pause does not flush the batch. */
  readonly debounceMs?: number;
}

/**
 * Half of the events that a batcher takes in one run. A batch of events of the usual size stays far below the 2 MiB
 * of a payload.
 */
export const MAX_BATCH_SIZE = 1_000;
/**
 * An event has no effect until its batch is flushed. A batch that may wait longer than a day is a report; use a
 * schedule for it.
 */
export const MAX_BATCH_WAIT_MS = 24 * 60 * 60_000;

/**
 * The events that a route takes. The correlation key is the one of the event's contract. It is the last token of the
 * subject, by which the stream orders events, so a workflow can get its events in order under this key only. A route
 * has no key of its own.
 */
interface Trigger {
  /** Unique among all routes; names the route in errors, metrics and dead letters. */
  readonly name: string;
  readonly event: EventContract;
  /** Pure; without it every event of the type is routed. */
  readonly condition?: ((event: DomainEvent) => boolean) | undefined;
}

/** A route to a process. */
export interface DeliveringRoute extends Trigger {
  readonly workflow: ProcessDefinition;
  /** Whether the event may open the workflow (signalWithStart), or only reaches an open one (signal). */
  readonly opens: boolean;
  /**
   * For an event that may come before the one that begins the process: the state (`SagaState`) in which the workflow
   * then waits. The number of processes that wait like this is limited: docs/tokens.md.
   */
  readonly waitsIn?: string;
  /** What happens to an event whose workflow never existed. */
  readonly onMissing: 'deadLetter' | 'discard';
  /** What happens to an event whose workflow has closed without seeing it. */
  readonly onClosed: 'deadLetter' | 'discard';
  readonly batch?: never;
}

/** A route to a batcher: every event may open the batcher, also after it has closed. */
export interface BatchingRoute extends Trigger {
  readonly workflow: BatcherDefinition;
  readonly batch: BatchPolicy;
}

/** Which events reach which workflow. A route is data: these fields describe it completely. */
export type Route = DeliveringRoute | BatchingRoute;

/** A route before {@link defineRoutes} has given it its name. */
export type Unnamed = Omit<DeliveringRoute, 'name'> | Omit<BatchingRoute, 'name'>;

interface TriggerDefinition<Type extends string, Data> {
  readonly event: EventContract<Type, Data>;
  readonly condition?: (event: DomainEvent<Type, Data>) => boolean;
}

/** A route to a process, as {@link route} takes it. */
export interface RouteDefinition<Type extends string, Data> extends TriggerDefinition<Type, Data> {
  readonly workflow: ProcessDefinition;
  /** Default: false. */
  readonly opens?: boolean;
  /** For an event that may come before the one that begins the process: the state in which the workflow then waits. */
  readonly waitsIn?: string;
  /** Default: `deadLetter`, as `unmatched`. */
  readonly onMissing?: 'deadLetter' | 'discard';
  /** Default: `deadLetter`, as `late`. */
  readonly onClosed?: 'deadLetter' | 'discard';
}

/** A route to a batcher, as {@link route} takes it. */
export interface BatchingRouteDefinition<Type extends string, Data> extends TriggerDefinition<Type, Data> {
  readonly workflow: BatcherDefinition;
  readonly batch: BatchPolicy;
}

/**
 * Declares one route; the event's contract gives its condition a type. The catalogue checks at the start what the
 * types refuse.
 *
 * @example
 * route({ event: alertAcknowledged, workflow: alert, onClosed: 'discard' });
 */
export function route<Type extends string, Data>(
  definition: RouteDefinition<Type, Data>,
): Omit<DeliveringRoute, 'name'>;
export function route<Type extends string, Data>(
  definition: BatchingRouteDefinition<Type, Data>,
): Omit<BatchingRoute, 'name'>;
export function route<Type extends string, Data>(
  definition: RouteDefinition<Type, Data> | BatchingRouteDefinition<Type, Data>,
): Unnamed {
  const { condition } = definition;
  const trigger = {
    // The bridge hands over only events that were decoded by this very contract.
    condition:
      typeof condition === 'function'
        ? (candidate: DomainEvent) => condition(candidate as DomainEvent<Type, Data>)
        : condition,
  };
  if ('batch' in definition) return { ...definition, ...trigger };
  return { opens: false, onMissing: 'deadLetter', onClosed: 'deadLetter', ...definition, ...trigger };
}

/**
 * Gives the routes of a domain their names: `{ 'order-submitted': route({ event, workflow, opens: true }) }`.
 *
 * @example
 * export const alertRoutes = defineRoutes({
 *   'alert-raised': route({ event: alertRaised, workflow: alert, opens: true }),
 *   'alert-acknowledged': route({ event: alertAcknowledged, workflow: alert }),
 * });
 */
export function defineRoutes(routes: Readonly<Record<string, Unnamed>>): readonly Route[] {
  if (typeof routes !== 'object' || Array.isArray(routes))
    throw new InvalidConfigError([
      'defineRoutes takes an object: the name of each route, and what route(…) returns',
    ]);
  return Object.entries(routes).map(([name, definition]) => ({ ...definition, name }));
}
