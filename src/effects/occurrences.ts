import { z } from 'zod';
import type { Database } from '../adapters/postgres';
import { stepKeyOf } from '../contracts';
import { activity } from './activity';

/** The step under which it is recorded that an occurrence has ended: kept and forgotten as the rows of its other steps are. */
const ENDED = 'ended';
/** As many as a workflow records with one step. */
const AT_ONCE = 1_000;

const correlationKey = z.string().min(1).max(64);
const occurrence = z.string().regex(/^[0-9a-f]{16}$/, 'must be an occurrence');
const hasOccurrenceEnded = z.object({ correlationKey, occurrence });
const endOccurrences = z.object({
  correlationKey,
  /** The one that ends, and those that the other events would open that it has received. */
  occurrences: z.array(occurrence).max(AT_ONCE),
});

/** Which occurrence is asked about. */
export type HasOccurrenceEnded = z.infer<typeof hasOccurrenceEnded>;
/** Which occurrences of a process have ended. */
export type EndOccurrences = z.infer<typeof endOccurrences>;

/** Which occurrences of processes that recur have ended: what is known of repeats that Temporal has forgotten. */
export interface Occurrences {
  hasOccurrenceEnded(input: HasOccurrenceEnded): Promise<boolean>;
  /** Harmless to repeat. */
  endOccurrences(input: EndOccurrences): Promise<void>;
}

/**
 * The engine's steps of workflows that are made with `recurring`. The worker of every pool with workflows has them by itself; a test
 * gives its own.
 *
 * @example
 * const activities = { ...createOccurrenceActivities(database), ...createDeadLetterActivities(database) };
 */
export function createOccurrenceActivities(database: Database) {
  return occurrenceActivities(createPostgresOccurrences(database));
}

/**
 * The engine's steps of workflows that are made with `recurring`, over a memory of the test's own.
 *
 * @example
 * const known = new Set<string>();
 * occurrenceActivities({
 *   hasOccurrenceEnded: ({ occurrence }) => Promise.resolve(known.has(occurrence)),
 *   endOccurrences: ({ occurrences }) => Promise.resolve(occurrences.forEach((each) => known.add(each))),
 * });
 */
export function occurrenceActivities(occurrences: Occurrences) {
  return {
    hasOccurrenceEnded: activity(hasOccurrenceEnded, (input) => occurrences.hasOccurrenceEnded(input)),
    endOccurrences: activity(endOccurrences, (input) => occurrences.endOccurrences(input)),
  };
}

/** The engine's steps of workflows that are made with `recurring`. */
export type OccurrenceActivities = ReturnType<typeof createOccurrenceActivities>;

/**
 * Which occurrences have ended, in the table of effects.
 *
 * @example
 * const occurrences = createPostgresOccurrences(database);
 */
export function createPostgresOccurrences(database: Database): Occurrences {
  return {
    hasOccurrenceEnded: async ({ correlationKey: key, occurrence: id }) => {
      const rows = await database.query('select from sagaline.effects where key = $1', [
        stepKeyOf(key, id, ENDED),
      ]);
      return rows.length > 0;
    },
    endOccurrences: async ({ correlationKey: key, occurrences }) => {
      const keys = occurrences.map((id) => stepKeyOf(key, id, ENDED));
      await database.query(
        `insert into sagaline.effects (key, state) select unnest($1::text[]), 'done' on conflict do nothing`,
        [keys],
      );
    },
  };
}
