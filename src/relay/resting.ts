import type { BackoffLimits } from '../async';
import { doubling } from '../async';

/** An entity that has not failed for this long is forgotten, with the number of its failures. */
const FORGET_MS = 60_000;

/** The entities whose rows were not published, each with a back-off of its own. */
export interface Resting {
  /** Those that are not tried now. */
  entities(): string[];
  /** Whether an entity has failed, and has not gone on since. */
  any(): boolean;
  failed(entity: string): void;
  /** All rows of the entity in a batch were published or set aside. */
  ended(entity: string): void;
}

/** Without it, the oldest rows would be read again and again: enough of them that fail would keep all others out. */
export function createResting(limits: BackoffLimits, now: () => number = Date.now): Resting {
  const known = new Map<string, { readonly failures: number; readonly until: number }>();
  return {
    entities: () => {
      const time = now();
      for (const [entity, { until }] of known) if (until + FORGET_MS < time) known.delete(entity);
      return [...known].flatMap(([entity, { until }]) => (until > time ? [entity] : []));
    },
    any: () => known.size > 0,
    failed: (entity) => {
      const failures = (known.get(entity)?.failures ?? 0) + 1;
      known.set(entity, { failures, until: now() + doubling(failures, limits) });
    },
    ended: (entity) => void known.delete(entity),
  };
}
