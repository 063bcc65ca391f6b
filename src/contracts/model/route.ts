import type { DomainEvent, EventContract } from './event';

/** What every kind of workflow that events reach has. Its id is `<name>-<correlation key>`. */
interface Definition<Name extends string> {
  /** Workflow type, and prefix of the workflow ids. */
  readonly name: Name;
  /** The task queue of the pool that runs it. */
  readonly taskQueue: string;
  /** What the Temporal UI shows beside the id. */
  readonly summary: (key: string) => string;
}

/**
 * A business process: one workflow for each correlation key, once, or again after its end where it recurs.
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
   * Whether an event that opens it begins a new occurrence when the one before has ended. Its workflow is made with
   * `recurring` (`sagaline/workflow`). Default: false, such an event is `late`.
   */
  readonly recurs?: boolean;
  /** Value of the search attribute `SagaState` until the workflow sets its own. */
  readonly initialState: string;
  /**
   * Its states in which it waits for a person, beside the engine's own (`compensation-stuck`, `step-stuck`). `sagaline sagas stuck`
   * lists what is in one of them.
   */
  readonly waitsForPerson?: readonly string[];
  /** The end for which `sagaline events publish --wait` says success. Default: every end that it comes to. */
  readonly goodEnd?: string;
}

/** A batcher (`batcher` in src/saga): collects events, flushes them as batches, and may be opened again and again. */
export interface BatcherDefinition<Name extends string = string> extends Definition<Name> {
  readonly batches: true;
  readonly initialState: 'collecting';
}

/** A kind of workflow that events reach. */
export type WorkflowDefinition = ProcessDefinition | BatcherDefinition;

/**
 * When a batch is flushed: at whichever of these comes first. A batcher keeps the policy with which it was opened,
 * also through continue-as-new; a changed one holds from the next opening, which is after a pause of `withinMs`.
 */
export interface BatchPolicy {
  /** So many events: 1 to {@link MAX_BATCH_SIZE}. */
  readonly size: number;
  /** Milliseconds after the first event of the batch: 1 to {@link MAX_BATCH_WAIT_MS}. */
  readonly withinMs: number;
  /** Milliseconds without a new event; less than `withinMs`. Without it, a pause flushes nothing. */
  readonly debounceMs?: number;
}

/** Half of what a batcher takes in one run, and of the usual size far below a payload's 2 MiB. */
export const MAX_BATCH_SIZE = 1_000;
/** Until its flush an event has had no effect: beyond a day, a batch is a report, and wants a schedule. */
export const MAX_BATCH_WAIT_MS = 24 * 60 * 60_000;

/**
 * Which events. The key is the contract's: it is the last token of the subject, by which the stream orders events, and
 * so the only key under which a workflow can get them in their order. A route has no key of its own that could differ.
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
  /** May the event open the workflow (signalWithStart), or only reach an open one (signal)? */
  readonly opens: boolean;
  /** For a workflow that never existed. */
  readonly onMissing: 'deadLetter' | 'discard';
  /** For a workflow that has closed without seeing this event. */
  readonly onClosed: 'deadLetter' | 'discard';
  readonly batch?: never;
}

/** A route to a batcher: always opens it, and again where it has closed. */
export interface BatchingRoute extends Trigger {
  readonly workflow: BatcherDefinition;
  readonly batch: BatchPolicy;
}

/** Which events reach which workflow. A route is data: everything that it can mean is in these fields. */
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
 * One route, its condition typed from the event's contract. What the types refuse, the catalogue refuses at the start.
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
    condition: condition && ((candidate: DomainEvent) => condition(candidate as DomainEvent<Type, Data>)),
  };
  if ('batch' in definition) return { ...definition, ...trigger };
  return { opens: false, onMissing: 'deadLetter', onClosed: 'deadLetter', ...definition, ...trigger };
}

/**
 * The routes of a domain by name: `{ 'order-submitted': route({ event, workflow, opens: true }) }`.
 *
 * @example
 * export const alertRoutes = defineRoutes({
 *   'alert-raised': route({ event: alertRaised, workflow: alert, opens: true }),
 *   'alert-acknowledged': route({ event: alertAcknowledged, workflow: alert }),
 * });
 */
export function defineRoutes(routes: Readonly<Record<string, Unnamed>>): readonly Route[] {
  return Object.entries(routes).map(([name, definition]) => ({ ...definition, name }));
}
