import type { Route } from '../contracts';
import type { Log, Way } from './ports';

/** Tells an event that Temporal refuses from a way on which Temporal refuses every event. */
export interface Ways {
  /** All ways of the routes. */
  readonly all: readonly Way[];
  /** Temporal accepted an event of this route. */
  accepted(route: Route): void;
  /**
   * Temporal refused an event of this route for good.
   *
   * @returns whether the way is misconfigured: the event is to be held, not dead-lettered
   */
  refused(route: Route, cause: unknown): boolean;
  isMisconfigured(way: Way): boolean;
}

/** Refusals in a row, with no acceptance on the same way between them, that are no longer the events' own fault. */
const REFUSALS_OF_A_MISCONFIGURATION = 5;

export function createWays(routes: readonly Route[], log: Log): Ways {
  const refusals = new Map<string, number>();
  const ways = new Map(routes.map((route) => [keyOf(wayOf(route)), wayOf(route)]));
  const isMisconfigured = (way: Way) => (refusals.get(keyOf(way)) ?? 0) >= REFUSALS_OF_A_MISCONFIGURATION;

  return {
    all: [...ways.values()],
    isMisconfigured,
    accepted: (route) => {
      const way = wayOf(route);
      if (isMisconfigured(way)) log.info({ ...way }, 'Temporal accepts events on this way again');
      refusals.delete(keyOf(way));
    },
    refused: (route, cause) => {
      const way = wayOf(route);
      const count = (refusals.get(keyOf(way)) ?? 0) + 1;
      refusals.set(keyOf(way), count);
      if (count === REFUSALS_OF_A_MISCONFIGURATION)
        log.error({ err: cause, ...way }, 'Temporal refuses every event on this way: events are held');
      return isMisconfigured(way);
    },
  };
}

function wayOf(route: Route): Way {
  const opens = route.accumulate ? true : route.opens;
  return { workflow: route.workflow.name, kind: opens ? 'opening' : 'reaching' };
}

function keyOf({ workflow, kind }: Way): string {
  return `${kind} ${workflow}`;
}
