import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { costOf } from './history';
import { rpcsOf } from './rpcs';
import { isTemporal, usageOf, usedBetween } from './usage';
import type { Testbed } from './testbed';

/** The average costs of one saga in a round. */
export interface SagaRound {
  readonly perSecond: number;
  /** Processor time of Temporal's server, of its own PostgreSQL if it has one, and of all workers. */
  readonly cpuMs: number;
  /** Processor time of everything else that a saga needs: PostgreSQL with its connections, and the provider sandbox. */
  readonly aroundMs: number;
  readonly rpcs: number;
  readonly workflowTasks: number;
  readonly historyEvents: number;
}

/** After the last result the server still writes to its database; it updates its metrics once a second. */
const SETTLED_MS = 1_500;
/** The number of histories that are read: they differ by which events share a workflow task. */
const HISTORIES = 20;

/** Measures the given sagas, from the start to the end of `act`. */
export async function sagaRound(
  testbed: Testbed,
  client: Client,
  { workflowIds, act }: { workflowIds: readonly string[]; act: () => Promise<void> },
): Promise<SagaRound> {
  const count = workflowIds.length;
  const { temporalMetricsUrl, config } = testbed;
  const calls = () => rpcsOf({ temporalMetricsUrl, namespace: config.TEMPORAL_NAMESPACE });
  const [usage, rpcs] = [usageOf(testbed), await calls()];
  const since = performance.now();
  await act();
  const seconds = (performance.now() - since) / 1_000;
  await sleep(SETTLED_MS);
  const [usageAfter, rpcsAfter] = [usageOf(testbed), await calls()];
  const used = (counts: (name: string) => boolean) =>
    (usedBetween(usage, usageAfter, counts) * 1_000) / count;
  const made = [...rpcsAfter].reduce((sum, [name, after]) => sum + after - (rpcs.get(name) ?? 0), 0);
  return {
    perSecond: count / seconds,
    cpuMs: used((name) => isTemporal(name) || isWorker(name)),
    aroundMs: used((name) => name === 'postgres' || name === 'providers'),
    rpcs: made / count,
    ...(await historiesOf(client, workflowIds.slice(0, HISTORIES))),
  };
}

function isWorker(name: string): boolean {
  return name.startsWith('worker:') || name.startsWith('bench:');
}

async function historiesOf(client: Client, workflowIds: readonly string[]) {
  const costs = await Promise.all(
    workflowIds.map(async (workflowId) => costOf(await client.workflow.getHandle(workflowId).fetchHistory())),
  );
  const average = (of: (cost: (typeof costs)[number]) => number) =>
    costs.reduce((sum, cost) => sum + of(cost), 0) / costs.length;
  return {
    workflowTasks: average(({ workflowTasks }) => workflowTasks),
    historyEvents: average(({ historyEvents }) => historyEvents),
  };
}

export function inWords({
  perSecond,
  cpuMs,
  aroundMs,
  rpcs,
  workflowTasks,
  historyEvents,
}: SagaRound): string {
  const cost = `${cpuMs.toFixed(0)} ms and ${aroundMs.toFixed(0)} ms around`;
  const counts = `${rpcs.toFixed(1)} calls, ${workflowTasks.toFixed(1)} tasks, ${historyEvents.toFixed(1)} events`;
  return `${perSecond.toFixed(2)}/s at ${cost}; ${counts}`;
}
