import type { DomainEvent, EventContract } from './event';

/** A kind of workflow that events reach. Its id is `<name>-<correlation key>`. */
export interface ProcessDefinition<Name extends string = string> {
  /** Workflow type, and prefix of the workflow ids. */
  readonly name: Name;
  /** The task queue of the pool that runs it. */
  readonly taskQueue: string;
  /** Value of the search attribute `SagaState` until the workflow sets its own. */
  readonly initialState: string;
  /** What the Temporal UI shows beside the id. */
  readonly summary: (key: string) => string;
}

/** Which events reach which workflow. A route is data: everything that it can mean is in these fields. */
export interface Route {
  /** Unique among the routes of a domain; names the route in errors, metrics and dead letters. */
  readonly name: string;
  readonly event: EventContract;
  /** Pure; without it every event of the type is routed. */
  readonly condition?: ((event: DomainEvent) => boolean) | undefined;
  readonly workflow: ProcessDefinition;
  /** May the event open the workflow (signalWithStart), or only reach an open one (signal)? */
  readonly opens: boolean;
  /** For a workflow that never existed. */
  readonly onMissing: 'deadLetter' | 'discard';
  /** For a workflow that has closed without seeing this event. */
  readonly onClosed: 'deadLetter' | 'discard';
}

export interface RouteDefinition<Type extends string, Data> {
  readonly event: EventContract<Type, Data>;
  readonly condition?: (event: DomainEvent<Type, Data>) => boolean;
  readonly workflow: ProcessDefinition;
  /** Default: false. */
  readonly opens?: boolean;
  /** Default: `deadLetter`, as `unmatched`. */
  readonly onMissing?: 'deadLetter' | 'discard';
  /** Default: `deadLetter`, as `late`. */
  readonly onClosed?: 'deadLetter' | 'discard';
}

/** One route, its condition typed from the event's contract. */
export function route<Type extends string, Data>(
  definition: RouteDefinition<Type, Data>,
): Omit<Route, 'name'> {
  const {
    event,
    condition,
    workflow,
    opens = false,
    onMissing = 'deadLetter',
    onClosed = 'deadLetter',
  } = definition;
  return {
    event,
    // The bridge hands over only events that were decoded by this very contract.
    condition: condition && ((candidate) => condition(candidate as DomainEvent<Type, Data>)),
    workflow,
    opens,
    onMissing,
    onClosed,
  };
}

/** The routes of a domain by name: `{ 'order-submitted': route({ event, workflow, opens: true }) }`. */
export function defineRoutes(routes: Readonly<Record<string, Omit<Route, 'name'>>>): readonly Route[] {
  return Object.entries(routes).map(([name, definition]) => ({ name, ...definition }));
}

export function workflowIdOf(workflow: ProcessDefinition, key: string): string {
  return `${workflow.name}-${key}`;
}
