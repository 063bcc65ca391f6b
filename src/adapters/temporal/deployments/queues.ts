// What waits in a pool's task queue, and who polls, by the version of the workers.
import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import type { KnownVersion, Ramp } from './deployment';
import { describeDeployment, NoDeploymentsError } from './deployment';
import { NOT_FOUND, statusCode } from '../connection/status';
import { POLLS_WITHIN_MS } from './routing';

const { TASK_QUEUE_TYPE_WORKFLOW, TASK_QUEUE_TYPE_ACTIVITY } = temporal.api.enums.v1.TaskQueueType;
const { WORKER_VERSIONING_MODE_VERSIONED } = temporal.api.enums.v1.WorkerVersioningMode;

const ASK_MS = 5_000;
/** Versions that are read, the current one and the latest: each takes a call. */
const MOST_VERSIONS = 5;

type Stats = temporal.api.taskqueue.v1.TaskQueueStats.$Properties;

/** The tasks of one kind that wait for the workers of one version. */
export interface VersionQueue {
  readonly kind: 'workflow' | 'activity';
  /** `undefined` means the workers without versions. */
  readonly buildId: string | undefined;
  /** Tasks that wait, by the server's estimate. */
  readonly backlog: number;
  readonly oldestSeconds: number;
  readonly addedPerSecond: number;
  readonly dispatchedPerSecond: number;
  /** Workers that have polled lately. */
  readonly pollers: number;
}

export interface PoolQueues {
  /** The version that gets new work; `undefined` means the workers without versions. */
  readonly current: string | undefined;
  readonly ramping: Ramp | undefined;
  readonly versions: readonly KnownVersion[];
  readonly queues: readonly VersionQueue[];
}

const KINDS = { workflow: TASK_QUEUE_TYPE_WORKFLOW, activity: TASK_QUEUE_TYPE_ACTIVITY } as const;
type Kind = keyof typeof KINDS;

/**
 * Reads the queue of a pool. The stats of the task queue itself are those of the workers without versions; those of a
 * version come with the description of the version.
 */
export async function readPoolQueues(
  client: Client,
  pool: { readonly deployment: string; readonly taskQueue: string; readonly hasWorkflows: boolean },
): Promise<PoolQueues> {
  return client.withDeadline(Date.now() + ASK_MS, async () => {
    const kinds: Kind[] = pool.hasWorkflows ? ['workflow', 'activity'] : ['activity'];
    const [deployment, ...described] = await Promise.all([
      describeDeployment(client, pool.deployment).catch(withoutDeployments),
      ...kinds.map((kind) => describeQueue(client, pool.taskQueue, kind)),
    ]);
    const current = deployment?.current;
    const polled = new Set(described.flatMap(({ pollers }) => [...pollers.keys()]));
    const known = deployment?.versions ?? [];
    const versions = known
      .filter(({ buildId }, index) => index < MOST_VERSIONS || buildId === current || polled.has(buildId))
      .slice(0, 2 * MOST_VERSIONS);
    const stats = await Promise.all(
      versions.map(({ buildId }) => versionStats(client, pool, { deployment: pool.deployment, buildId })),
    );
    return {
      current,
      ramping: deployment?.ramping,
      versions,
      queues: described.flatMap(({ kind, pollers, unversioned }) => [
        ...(current === undefined || pollers.has(undefined)
          ? [queueOf(kind, undefined, unversioned, pollers)]
          : []),
        ...versions.map(({ buildId }, index) => queueOf(kind, buildId, stats[index]?.get(kind), pollers)),
      ]),
    };
  });
}

function withoutDeployments(error: unknown): undefined {
  if (!(error instanceof NoDeploymentsError)) throw error;
}

async function describeQueue(client: Client, name: string, kind: Kind) {
  const { pollers: polls, stats } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name },
    taskQueueType: KINDS[kind],
    reportStats: true,
  });
  const since = Date.now() - POLLS_WITHIN_MS;
  const pollers = new Map<string | undefined, Set<string>>();
  for (const { identity, lastAccessTime, deploymentOptions: options } of polls) {
    if (Number(lastAccessTime?.seconds ?? 0) * 1_000 <= since) continue;
    const isVersioned = options?.workerVersioningMode === WORKER_VERSIONING_MODE_VERSIONED;
    const buildId = isVersioned ? (options.buildId ?? undefined) : undefined;
    pollers.set(buildId, (pollers.get(buildId) ?? new Set()).add(identity ?? ''));
  }
  return { kind, pollers, unversioned: stats ?? undefined };
}

async function versionStats(
  client: Client,
  { taskQueue }: { readonly taskQueue: string },
  { deployment, buildId }: { readonly deployment: string; readonly buildId: string },
): Promise<ReadonlyMap<Kind, Stats>> {
  try {
    const { versionTaskQueues } = await client.workflowService.describeWorkerDeploymentVersion({
      namespace: client.options.namespace,
      deploymentVersion: { deploymentName: deployment, buildId },
      reportTaskQueueStats: true,
    });
    return new Map(
      versionTaskQueues
        .filter(({ name, stats }) => name === taskQueue && stats)
        .map(({ type, stats }) => [type === KINDS.workflow ? 'workflow' : 'activity', stats ?? {}]),
    );
  } catch (error) {
    // The version was removed since it was listed.
    if (statusCode(error) === NOT_FOUND) return new Map();
    throw error;
  }
}

function queueOf(
  kind: Kind,
  buildId: string | undefined,
  stats: Stats | undefined,
  pollers: ReadonlyMap<string | undefined, ReadonlySet<string>>,
): VersionQueue {
  const { seconds = 0, nanos = 0 } = stats?.approximateBacklogAge ?? {};
  return {
    ...{ kind, buildId, backlog: Number(stats?.approximateBacklogCount ?? 0) },
    oldestSeconds: Number(seconds ?? 0) + (nanos ?? 0) / 1e9,
    addedPerSecond: stats?.tasksAddRate ?? 0,
    dispatchedPerSecond: stats?.tasksDispatchRate ?? 0,
    pollers: pollers.get(buildId)?.size ?? 0,
  };
}
