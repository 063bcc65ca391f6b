/** Placement: which capabilities run with the pool of the workflow instead of on their own task queues. (Workflows load this file.) */
import type { Capability } from '../model/capability';

/**
 * Of a saga's memo, one key for each capability that is placed with its pool, from its beginning to its end: lists of workflows
 * show it, also where a codec encodes the values.
 */
const PLACED = 'sagaline.placed.';

/** Type of the failure of a call for which a pool has no activity: the call had no effect. */
export const MISSING_ACTIVITY = 'missing-activity';

/** The names of the capabilities that sagas begin with placed, by the task queue of their workflow's pool. */
export type Placement = Readonly<Record<string, readonly string[]>>;

/** What is placed with each of these pools. */
export function placementOf(
  pools: readonly {
    readonly taskQueue: string;
    readonly places?: readonly Pick<Capability, 'name'>[] | undefined;
  }[],
): Placement {
  return Object.fromEntries(
    pools.flatMap(({ taskQueue, places = [] }) =>
      places.length === 0 ? [] : [[taskQueue, places.map(({ name }) => name)]],
    ),
  );
}

/** The memo of a saga with these capabilities placed; none where there are none. */
export function placedMemo(placed: readonly string[]): Readonly<Record<string, true>> {
  return Object.fromEntries(placed.map((name) => [`${PLACED}${name}`, true]));
}

/** The names of the capabilities that are placed with the pool of a saga, by its memo. */
export function placedIn(memo: Readonly<Record<string, unknown>> = {}): readonly string[] {
  return Object.keys(memo).flatMap((key) => (key.startsWith(PLACED) ? [key.slice(PLACED.length)] : []));
}
