/** Placement: which capabilities run with the pool of the workflow instead of on their own task queues. (Workflows load this file.) */
import type { Capability } from '../model/capability';

/**
 * Prefix of keys in a saga's memo: one key for each capability that is placed with its pool, for the life of the
 * saga. Lists of workflows show the keys, even if a codec encodes the values.
 */
const PLACED = 'sagaline.placed.';

/** Type of the failure of a step for which the pool has no activity. The step had no effect. */
export const MISSING_ACTIVITY = 'missing-activity';

/** The memo fields of a saga that name its placed capabilities. */
type PlacedMemo = Readonly<Record<string, true>>;

/** The memo fields with which a saga begins and which it keeps, by the task queue of the workflow's pool. */
export type Placement = Readonly<Record<string, PlacedMemo>>;

/** The placement of these pools. */
export function placementOf(
  pools: readonly {
    readonly taskQueue: string;
    readonly places?: readonly Pick<Capability, 'name'>[] | undefined;
  }[],
): Placement {
  return Object.fromEntries(
    pools.flatMap(({ taskQueue, places = [] }) =>
      places.length === 0 ? [] : [[taskQueue, placedMemo(places.map(({ name }) => name))]],
    ),
  );
}

/** The memo fields of a saga for these placed capabilities. */
export function placedMemo(placed: readonly string[]): PlacedMemo {
  return Object.fromEntries(placed.map((name) => [`${PLACED}${name}`, true]));
}

/** The names of the capabilities that are placed with a saga's pool, read from the saga's memo. */
export function placedIn(memo: Readonly<Record<string, unknown>> = {}): readonly string[] {
  return Object.keys(memo).flatMap((key) => (key.startsWith(PLACED) ? [key.slice(PLACED.length)] : []));
}
