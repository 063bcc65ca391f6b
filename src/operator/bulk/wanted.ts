import { z } from 'zod';
import { DECISIONS } from '../sagas/question';

const MAX_TEXT = 500;
const line = z.string().max(MAX_TEXT);
const filter = { reason: line.optional(), context: line.optional(), key: line.optional() };

/** What is to be done to many, as a request for a second person has it on record. */
export const bulkWanted = z.discriminatedUnion('kind', [
  /** One decision about all processes of a type that ask the same thing for the same cause. */
  z.object({
    kind: z.literal('decide'),
    workflow: line,
    what: line,
    cause: line,
    decision: z.enum(DECISIONS),
  }),
  /** All open dead letters of a filter. */
  z.object({ kind: z.literal('redrive'), ...filter }),
  z.object({ kind: z.literal('discard'), ...filter }),
]);
export type BulkWanted = z.infer<typeof bulkWanted>;

/** As the audit names it. */
export type BulkAction = `bulk.${BulkWanted['kind']}`;
export const BULK_ACTIONS: readonly BulkAction[] = ['bulk.decide', 'bulk.redrive', 'bulk.discard'];
