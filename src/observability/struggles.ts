import type { Client } from '@temporalio/client';
import type { Struggle } from '../adapters/temporal';
import { createOpenCounts, createSweep, failingWorkflowTask, retryingSteps } from '../adapters/temporal';
import { causeIn } from '../contracts';
import { ageSeconds } from './age';
import type { StruggleGroup, StrugglesState, VersionFailures } from './snapshot';

/** Reasons for which an open workflow may not go on, as in `sagaline sagas retrying`. */
const FINDERS = [retryingSteps, failingWorkflowTask];
const SAMPLES = 10;

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
    const name = [struggle.saga.workflow, struggle.step, causeIn(struggle.lastFailure)].join('\n');
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
    ...{
      workflow: longest.saga.workflow,
      step: longest.step,
      cause: causeIn(longest.lastFailure),
      count: group.length,
    },
    mostAttempts: Math.max(...group.map(({ attempts }) => attempts)),
    ...{ since: longest.since.toISOString(), sinceSeconds: ageSeconds(longest.since, now) },
    ...(next.length > 0 && { nextAttemptAt: new Date(Math.min(...next)).toISOString() }),
    states,
    versions: versionsOf(group),
    samples: longestFirst.slice(0, SAMPLES).map(({ saga, attempts, since, nextRetry, triedUntil }) => ({
      ...{ workflowId: saga.workflowId, runId: saga.runId, key: saga.key, state: saga.state, attempts },
      since: since.toISOString(),
      ...(nextRetry && { nextAttemptAt: nextRetry.toISOString() }),
      ...(triedUntil && { triedUntil: triedUntil.toISOString() }),
    })),
  };
}

function versionsOf(group: readonly Struggle[]): VersionFailures[] {
  const counts = new Map<string, VersionFailures>();
  for (const { version } of group) {
    if (!version) continue;
    const { deployment, buildId } = version;
    const name = `${deployment} ${buildId}`;
    counts.set(name, { deployment, buildId, count: (counts.get(name)?.count ?? 0) + 1 });
  }
  return [...counts.values()];
}
