import { z } from 'zod';
import type { Database } from '../adapters/postgres';
import { stepKeyOf } from '../contracts';
import { activity } from './activity';

/**
 * The step that records that an occurrence has ended. Its row is kept and removed like the rows of the occurrence's
 * other steps.
 */
const ENDED = 'ended';
/** The most occurrences that a workflow records with one step. */
const AT_ONCE = 1_000;

const correlationKey = z.string().min(1).max(64);
const occurrence = z.string().regex(/^[0-9a-f]{16}$/, 'must be an occurrence');
const hasOccurrenceEnded = z.object({ correlationKey, occurrence });
const endOccurrences = z.object({
  correlationKey,
  /** The occurrence that ends, and those that the other received events would open. */
  occurrences: z.array(occurrence).max(AT_ONCE),
});

/** The occurrence to look up. */
export type HasOccurrenceEnded = z.infer<typeof hasOccurrenceEnded>;
/** The occurrences of a process that have ended. */
export type EndOccurrences = z.infer<typeof endOccurrences>;

/**
 * Which occurrences of recurring processes have ended. It recognises repeats of which Temporal has no record any more.
 */
export interface Occurrences {
  hasOccurrenceEnded(input: HasOccurrenceEnded): Promise<boolean>;
  /** You can repeat it safely. */
  endOccurrences(input: EndOccurrences): Promise<void>;
}

/**
 * Makes the engine's activities for workflows that are made with `recurring`. The worker of every pool with workflows
 * has them already; a test gives its own.
 *
 * @example
 * const activities = { ...createOccurrenceActivities(database), ...createDeadLetterActivities(database) };
 */
export function createOccurrenceActivities(database: Database) {
  return occurrenceActivities(createPostgresOccurrences(database));
}

/**
 * Makes the engine's activities for workflows that are made with `recurring` on a store of your own, for tests.
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
 * Makes a store of ended occurrences, in the table of effects.
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
