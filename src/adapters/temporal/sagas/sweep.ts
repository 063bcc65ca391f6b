// Finds failing steps among any number of open workflows, a part of them at each call.
import type { Client } from '@temporalio/client';
import type { StateCount } from './counts';
import { openIn } from './counts';
import type { FindStruggles, Struggle } from './retrying';
import { strugglesOf } from './retrying';

/** Workflows that one call looks at: a look takes the server some milliseconds, and workers need it, too. */
const LOOKS = 300;
/** Struggling workflows that one call looks at again, so that what is mended disappears soon. */
const AGAIN = 100;
/** Looks at once. */
const AT_ONCE = 8;
const ASK_MS = 5_000;
/** Struggling workflows that are remembered: more of them have few causes. */
const MOST_KEPT = 5_000;

export interface Sweep {
  readonly struggles: readonly Struggle[];
  /** Workflows that the latest round has looked at, or the present one if that is more. */
  readonly lookedAt: number;
  /** When a round has last been through all open workflows. */
  readonly completedAt?: Date;
}

interface Cursor {
  token: Uint8Array;
  looked: number;
  /** Whether this state was gone through in the present round. */
  done: boolean;
}

/**
 * Looks at the open workflows in turns. Each state gets an equal part of a call's looks, and a state with fewer
 * workflows leaves the rest to the others. So a workflow in a rare state, such as one that compensates, is looked at
 * in every call, while a hundred thousand that wait for a delivery take many calls.
 *
 * @returns a function that takes the present counts, and does one call's part of the work
 */
export function createSweep(
  client: Client,
  finders: readonly FindStruggles[],
  { looks = LOOKS, clock = () => new Date() }: { looks?: number; clock?: () => Date } = {},
): (counts: readonly StateCount[]) => Promise<Sweep> {
  const cursors = new Map<string, Cursor>();
  /** By workflow id; the latest look is the last entry. */
  const struggling = new Map<string, readonly Struggle[]>();
  let lastRound = 0;
  let completedAt: Date | undefined;

  return async (counts) => {
    await lookAt([...struggling.keys()].slice(0, AGAIN));
    const states = new Set(counts.map(nameOf));
    for (const name of cursors.keys()) if (!states.has(name)) cursors.delete(name);

    let left = looks;
    const rarestFirst = [...counts].sort((one, other) => one.count - other.count);
    for (const [index, state] of rarestFirst.entries())
      left -= await lookInto(state, Math.floor(left / (rarestFirst.length - index)));

    const looked = [...cursors.values()].reduce((sum, cursor) => sum + cursor.looked, 0);
    if (counts.every((state) => cursors.get(nameOf(state))?.done === true)) {
      lastRound = looked;
      completedAt = clock();
      cursors.clear();
    }
    return {
      struggles: [...struggling.values()].flat(),
      lookedAt: Math.max(looked, lastRound),
      ...(completedAt && { completedAt }),
    };
  };

  /** @returns the number of workflows that were looked at */
  async function lookInto(state: StateCount, most: number): Promise<number> {
    const name = nameOf(state);
    const cursor = cursors.get(name) ?? { token: new Uint8Array(), looked: 0, done: false };
    cursors.set(name, cursor);
    // A state that was gone through waits for the others, unless all of it fits: then it is looked at each time.
    if (most === 0 || (cursor.done && state.count > most)) return 0;
    if (cursor.done) cursor.token = new Uint8Array();
    const { executions, nextPageToken } = await client.withDeadline(Date.now() + ASK_MS, () =>
      client.workflowService.listWorkflowExecutions({
        namespace: client.options.namespace,
        query: openIn(state),
        pageSize: most,
        nextPageToken: cursor.token,
      }),
    );
    await lookAt(executions.map(({ execution }) => execution?.workflowId ?? ''));
    cursor.looked = cursor.done ? executions.length : cursor.looked + executions.length;
    cursor.token = nextPageToken;
    cursor.done = nextPageToken.length === 0;
    return executions.length;
  }

  async function lookAt(ids: readonly string[]): Promise<void> {
    for (let from = 0; from < ids.length; from += AT_ONCE)
      await Promise.all(ids.slice(from, from + AT_ONCE).map(lookAtOne));
  }

  async function lookAtOne(id: string): Promise<void> {
    const found = await strugglesOf(client, finders, id);
    struggling.delete(id);
    if (found.length > 0 && struggling.size < MOST_KEPT) struggling.set(id, found);
  }
}

const nameOf = ({ workflow, state }: StateCount) => `${workflow}\n${state}`;
