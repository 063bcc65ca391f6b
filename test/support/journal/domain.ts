/** A domain whose workflow records what it applies: it is used to find faults of the bridge. */
import { z } from 'zod';
import type { ProcessDefinition } from '../../../src/contracts';
import { defineDomain, defineEvent, defineRoutes, external, route } from '../../../src/contracts';
import { ASIDE, CLOSED, JOURNAL_QUEUE, NOTED } from './names';

const keyed = z.strictObject({ journalId: z.string().min(1).max(64) });
const key = ({ journalId }: { journalId: string }) => journalId;

/** Opens the journal, or is recorded in it. */
export const noted = defineEvent({
  type: NOTED,
  entity: 'journal',
  summary: 'Something to be written down. Opens the journal.',
  origin: external('the tests'),
  schema: keyed.extend({ fatal: z.boolean().optional() }),
  key,
  example: { journalId: 'j-1' },
});

/** Valid, but no workflow needs it. */
export const aside = defineEvent({
  type: ASIDE,
  entity: 'journal',
  summary: 'Something that nobody writes down.',
  origin: external('the tests'),
  schema: keyed,
  key,
  example: { journalId: 'j-1' },
});

/** The last event of a journal. */
export const closed = defineEvent({
  type: CLOSED,
  entity: 'journal',
  summary: 'The journal is closed, and says what it holds.',
  origin: external('the tests'),
  schema: keyed,
  key,
  example: { journalId: 'j-1' },
});

export const journal = {
  name: 'journal',
  taskQueue: JOURNAL_QUEUE,
  initialState: 'open',
  summary: (journalId) => `Journal ${journalId}`,
} as const satisfies ProcessDefinition;

/** @param onFatal ends the process that handles a fatal event; it never returns */
export function journalDomain(onFatal: () => never) {
  return defineDomain({
    name: 'journal',
    events: [noted, aside, closed],
    workflows: [journal],
    routes: defineRoutes({
      noted: route({
        event: noted,
        workflow: journal,
        opens: true,
        condition: ({ data }) => data.fatal !== true || onFatal(),
      }),
      closed: route({ event: closed, workflow: journal, opens: true }),
    }),
    webhooks: [],
  });
}
