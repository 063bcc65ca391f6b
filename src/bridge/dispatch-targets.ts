import type { Log, Route } from '../contracts';
import type { DispatchTarget } from './ports';

/** Distinguishes an event that Temporal refuses from a target for which Temporal refuses every event. */
export interface DispatchTargets {
  /** The targets of all routes. */
  readonly all: readonly DispatchTarget[];
  /** Temporal accepted an event of this route. */
  accepted(route: Route): void;
  /**
   * Temporal refused an event of this route for good.
   *
   * @returns whether the target is misconfigured: the event is to be held, not dead-lettered
   */
  refused(route: Route, cause: unknown): boolean;
  isMisconfigured(target: DispatchTarget): boolean;
}

/**
 * After this many refusals in a row on one target, without an acceptance in between, the events are not at fault: the
 * target is misconfigured.
 */
const REFUSALS_OF_A_MISCONFIGURATION = 5;

export function createDispatchTargets(routes: readonly Route[], log: Log): DispatchTargets {
  const refusals = new Map<string, number>();
  const targets = new Map(routes.map((route) => [keyOf(targetOf(route)), targetOf(route)]));
  const isMisconfigured = (target: DispatchTarget) =>
    (refusals.get(keyOf(target)) ?? 0) >= REFUSALS_OF_A_MISCONFIGURATION;

  return {
    all: [...targets.values()],
    isMisconfigured,
    accepted: (route) => {
      const target = targetOf(route);
      if (isMisconfigured(target)) log.info({ ...target }, 'Temporal accepts events for this target again');
      refusals.delete(keyOf(target));
    },
    refused: (route, cause) => {
      const target = targetOf(route);
      const count = (refusals.get(keyOf(target)) ?? 0) + 1;
      refusals.set(keyOf(target), count);
      if (count === REFUSALS_OF_A_MISCONFIGURATION)
        log.error({ err: cause, ...target }, 'Temporal refuses every event for this target: events are held');
      return isMisconfigured(target);
    },
  };
}

function targetOf(route: Route): DispatchTarget {
  const opens = route.batch ? true : route.opens;
  return { workflow: route.workflow.name, kind: opens ? 'opening' : 'reaching' };
}

function keyOf({ workflow, kind }: DispatchTarget): string {
  return `${kind} ${workflow}`;
}
