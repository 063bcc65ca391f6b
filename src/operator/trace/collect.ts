import { historyEntries, runsOf } from '../../adapters/temporal';
import type { WorkflowDefinition } from '../../contracts';
import {
  errorMessage,
  identityIn,
  lowerCased,
  originalSubject,
  storedIn,
  redriveIn,
  workflowIdOf,
} from '../../contracts';
import { listDeadLetters, showDeadLetter } from '../../dead-letters';
import { unpublishedOf } from '../../effects/unpublished';
import type { OperatorContext } from '../context';
import { linkTo } from '../link';
import type { Entry } from './timeline';
import { chainIn } from './chain';
import { eventEntry, timelineEntryOf, deadLetterEntry, operationEntry, timeline } from './timeline';

/** A process has tens of each. A key with another use may have more: the first ones are shown, with a note. */
const EVENTS = 1_000;
const DEAD_LETTERS = 200;
const HISTORY_ENTRIES = 20_000;

export interface Trace {
  readonly key: string;
  readonly workflows: readonly {
    readonly workflowId: string;
    readonly runId: string;
    readonly link: string;
  }[];
  readonly timeline: readonly Entry[];
  /** Ids of the traces that the events are in, the first one first; docs/tracing.md. */
  readonly traceIds: readonly string[];
  /** Sources that could not be read, or of which only a part is shown. */
  readonly incomplete: readonly string[];
}

/** Collects from each store the entries of a key. */
export async function traceOf(
  context: OperatorContext,
  key: string,
  processes: readonly WorkflowDefinition[],
): Promise<Trace> {
  const incomplete: string[] = [];
  const entries: Entry[] = [];
  const workflows: Trace['workflows'][number][] = [];
  const traceIds = new Set<string>();
  /** Reads one store. If a store is unavailable, the trace has the entries of the others. */
  const ask = async (what: string, question: () => Promise<void>) => {
    try {
      await question();
    } catch (error) {
      incomplete.push(`${what}: ${errorMessage(error)}`);
    }
  };

  await ask('events', async () => {
    const reader = await context.events();
    const subjects = `${storedIn.anywhere}.*.*.*.${key}`;
    for (let from = 1, count = 0; ; count++) {
      const message = await reader.next(subjects, from);
      if (!message) return;
      if (count === EVENTS) throw new Error(`only the first ${EVENTS} are shown`);
      const incoming = { headers: lowerCased(message.headers), body: message.body };
      const identity = { ...identityIn(incoming), ...chainIn(incoming) };
      if (identity.traceId !== undefined) traceIds.add(identity.traceId);
      const { storedAt, sequence, headers } = message;
      const subject = originalSubject(message.subject);
      entries.push(eventEntry({ storedAt, sequence, subject, ...identity, redrive: redriveIn(headers) }));
      from = sequence + 1;
    }
  });
  await ask('workflows', async () => {
    const temporal = await context.temporal();
    for (const process of processes) {
      const workflowId = workflowIdOf(process, key);
      for (const runId of await runsOf(temporal, workflowId)) {
        workflows.push({ workflowId, runId, link: linkTo(context.config(), workflowId, runId) });
        let state = '';
        for await (const historyEntry of historyEntries(temporal, workflowId, runId, { follow: false })) {
          if (historyEntry.kind === 'state') state = historyEntry.state;
          if (entries.length === HISTORY_ENTRIES)
            throw new Error('the histories are longer than this can show');
          entries.push(timelineEntryOf(workflowId, runId, historyEntry, state));
        }
      }
    }
  });
  await ask('dead letters', async () => {
    const parts = await context.deadLetters();
    const page = await listDeadLetters(parts, { key, all: true, order: 'oldest', limit: DEAD_LETTERS });
    for (const deadLetter of page.items) {
      entries.push(deadLetterEntry(deadLetter));
      const { past } = await showDeadLetter(parts, deadLetter.sequence);
      entries.push(...past.operations.map((operation) => operationEntry(deadLetter.sequence, operation)));
    }
    if (page.next !== undefined) throw new Error(`only the first ${DEAD_LETTERS} are shown`);
  });
  await ask('outbox', async () => {
    for (const { subject, id, createdAt } of await unpublishedOf(context.database(), key)) {
      const text = `… ${subject} is written, and waits for the relay`;
      entries.push({
        at: createdAt.toISOString(),
        from: 'outbox',
        kind: 'unpublished',
        text,
        fields: { subject, id },
      });
    }
  });
  return { key, workflows, timeline: timeline(entries), traceIds: [...traceIds], incomplete };
}
