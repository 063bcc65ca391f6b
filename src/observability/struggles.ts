import type { Client } from '@temporalio/client';
import type { Struggle } from '../adapters/temporal';
import { createOpenCounts, createSweep, failingWorkflowTask, retryingSteps } from '../adapters/temporal';
import { oneLine } from '../contracts';
import { ageSeconds } from './age';
import type { StruggleGroup, StrugglesState } from './snapshot';

/** Reasons for which an open workflow may not go on, as in `sagaline sagas retrying`. */
const FINDERS = [retryingSteps, failingWorkflowTask];
const SAMPLES = 10;
const CAUSE_LENGTH = 300;
/** Longer failures are cut before they are searched for ids. */
const READ_LENGTH = 1_000;
const WORD = /[\w.:/-]+/g;
/** Words with a digit are ids or addresses, except short ones: a status code tells causes apart. */
const SHORT = 4;

/** Finds the failing steps of open workflows, and groups them by their cause. */
export function createStrugglesCheck(parts: {
  readonly temporal: Client;
  readonly clock: () => Date;
}): () => Promise<StrugglesState> {
  const count = createOpenCounts(parts.temporal);
  const sweep = createSweep(parts.temporal, FINDERS, { clock: parts.clock });
  return async () => {
    const { open, counts } = await count();
    const { struggles, lookedAt, completedAt } = await sweep(counts);
    return {
      groups: groupsOf(struggles, parts.clock()),
      ...{ lookedAt: Math.min(lookedAt, open), open },
      ...(completedAt && { completedAt: completedAt.toISOString() }),
    };
  };
}

/** Groups by workflow type, step and cause; the largest group first. */
export function groupsOf(struggles: readonly Struggle[], now: Date): readonly StruggleGroup[] {
  const groups = new Map<string, Struggle[]>();
  for (const struggle of struggles) {
    const name = [struggle.saga.workflow, struggle.step, causeOf(struggle)].join('\n');
    groups.set(name, [...(groups.get(name) ?? []), struggle]);
  }
  return [...groups.values()]
    .map((group) => groupOf(group, now))
    .sort((one, other) => other.count - one.count);
}

function groupOf(group: readonly Struggle[], now: Date): StruggleGroup {
  const longestFirst = [...group].sort((one, other) => one.since.getTime() - other.since.getTime());
  const [longest] = longestFirst as [Struggle, ...Struggle[]];
  const next = group.flatMap(({ nextRetry }) => nextRetry?.getTime() ?? []);
  const states: Record<string, number> = {};
  for (const { saga } of group) states[saga.state] = (states[saga.state] ?? 0) + 1;
  return {
    ...{ workflow: longest.saga.workflow, step: longest.step, cause: causeOf(longest), count: group.length },
    mostAttempts: Math.max(...group.map(({ attempts }) => attempts)),
    ...{ since: longest.since.toISOString(), sinceSeconds: ageSeconds(longest.since, now) },
    ...(next.length > 0 && { nextAttemptAt: new Date(Math.min(...next)).toISOString() }),
    states,
    samples: longestFirst.slice(0, SAMPLES).map(({ saga, attempts, since, nextRetry }) => ({
      ...{ workflowId: saga.workflowId, runId: saga.runId, key: saga.key, state: saga.state, attempts },
      since: since.toISOString(),
      ...(nextRetry && { nextAttemptAt: nextRetry.toISOString() }),
    })),
  };
}

/** The failure without what differs from one workflow to the next. */
export function causeOf({ lastFailure }: Pick<Struggle, 'lastFailure'>): string {
  return oneLine(lastFailure.slice(0, READ_LENGTH))
    .replace(WORD, (word) => (word.length > SHORT && /\d/.test(word) ? '…' : word))
    .slice(0, CAUSE_LENGTH);
}
