// How many workflows are open, by type and state. Temporal counts by a filter, but does not group by our attributes.
import type { Client } from '@temporalio/client';
import { SAGA_STATE } from '../../../contracts';
import { quoted } from './quoted';
import { sagaOf } from './sagas';

/** A workflow type in one state; the state is empty for a workflow without the search attribute. */
export interface TypeAndState {
  readonly workflow: string;
  readonly state: string;
}

export interface StateCount extends TypeAndState {
  readonly count: number;
}

export interface OpenCounts {
  /** All open workflows. */
  readonly open: number;
  readonly counts: readonly StateCount[];
  /** Whether some open workflows are in states that are not known yet; the next call may find them. */
  readonly more: boolean;
}

const ASK_MS = 5_000;
const PAGE = 20;
/**
 * Workflows that one search for unknown states reads. It goes on over those in states that a filter cannot name: Temporal does not
 * match a quotation mark or a backslash, so they are in each search.
 */
const MOST_READ = 500;
/** Searches for unknown states in one call, so that it stays short whatever the states are. */
const SEARCHES = 5;
/** A filter names the known states: it must stay far below the server's limit for a query. */
const MOST_KNOWN = 200;

/**
 * Counts the open workflows by type and state: one query for each pair that was seen before, and further queries only
 * if their sum shows that there are others.
 */
export function createOpenCounts(client: Client): () => Promise<OpenCounts> {
  const known = new Map<string, TypeAndState>();

  return () =>
    client.withDeadline(Date.now() + ASK_MS, async () => {
      const counts: StateCount[] = [];
      const { count: open } = await client.workflow.count(OPEN);
      let missing = open;
      let unseen = [...known.values()];
      for (let searches = 0; ; searches++) {
        for (const pair of unseen) {
          const { count } = await client.workflow.count(openIn(pair));
          counts.push({ ...pair, count });
          missing -= count;
        }
        if (missing <= 0 || searches === SEARCHES || known.size >= MOST_KNOWN) break;
        unseen = await findUnknown();
        // The list may be a moment behind the count.
        if (unseen.length === 0) break;
      }
      return { open, counts: counts.filter(({ count }) => count > 0), more: missing > 0 };
    });

  async function findUnknown(): Promise<TypeAndState[]> {
    const found = new Map<string, TypeAndState>();
    for (const query of unknownOnes([...known.values()])) {
      let read = 0;
      for await (const workflow of client.workflow.list({ query, pageSize: PAGE })) {
        const { workflow: type, state } = sagaOf(workflow);
        const name = `${type}\n${state}`;
        if (!known.has(name)) found.set(name, { workflow: type, state });
        read += 1;
        if (read >= MOST_READ || (read >= PAGE && found.size > 0)) break;
      }
    }
    for (const [name, pair] of found) known.set(name, pair);
    return [...found.values()];
  }
}

const OPEN = 'ExecutionStatus = "Running"';

/** The open workflows of a type in a state, in Temporal's list filter. */
export function openIn({ workflow, state }: TypeAndState): string {
  return `${OPEN} AND ${inState({ workflow, state })}`;
}

function inState({ workflow, state }: TypeAndState): string {
  const isIn = state === '' ? `${SAGA_STATE.name} IS NULL` : `${SAGA_STATE.name} = ${quoted(state)}`;
  return `WorkflowType = ${quoted(workflow)} AND ${isIn}`;
}

/** With and without a state, because a comparison with a missing attribute is neither true nor false. */
function unknownOnes(known: readonly TypeAndState[]): string[] {
  const withState = known.filter(({ state }) => state !== '');
  const without = known.filter(({ state }) => state === '').map(({ workflow }) => quoted(workflow));
  return [
    [OPEN, `${SAGA_STATE.name} IS NOT NULL`, ...withState.map((pair) => `NOT (${inState(pair)})`)],
    [
      ...[OPEN, `${SAGA_STATE.name} IS NULL`],
      ...(without.length > 0 ? [`WorkflowType NOT IN (${without.join(', ')})`] : []),
    ],
  ].map((conditions) => conditions.join(' AND '));
}
