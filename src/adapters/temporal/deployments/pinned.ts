// Open workflows that are pinned to one version (`PINNED`): only the workers of that version continue them.
import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { NOT_FOUND, statusCode } from '../connection/status';
import { oldestOf } from '../sagas/oldest';
import type { Saga } from '../sagas/sagas';
import { sagaOf } from '../sagas/sagas';

const { PINNED_OVERRIDE_BEHAVIOR_PINNED } =
  temporal.api.workflow.v1.VersioningOverride.PinnedOverrideBehavior;

/** A version that has a name: a workflow cannot be pinned to workers without one. */
export interface NamedVersion {
  readonly deployment: string;
  readonly buildId: string;
}

const ASK_MS = 10_000;
const PAGE = 200;

/**
 * How many open workflows are pinned to a version. Like all of Temporal's lists, the number may be some moments
 * behind.
 */
export async function countPinned(client: Client, version: NamedVersion): Promise<number> {
  const { count } = await client.withDeadline(Date.now() + ASK_MS, () =>
    client.workflow.count(pinnedTo(version)),
  );
  return count;
}

/**
 * Pins the open workflows of one version to another one. Their next workflow task goes to its workers, which must be
 * able to replay their histories. The workflows are moved one after the other; call this again after an interruption.
 *
 * @param options.atMost the most workflows to move. Default: all
 * @returns the number of workflows that were moved, without those that closed meanwhile
 */
export async function movePinned(
  client: Client,
  {
    from,
    to,
    signal,
    atMost = Infinity,
  }: {
    readonly from: NamedVersion;
    readonly to: NamedVersion;
    readonly signal: AbortSignal;
    readonly atMost?: number | undefined;
  },
): Promise<number> {
  let moved = 0;
  const { namespace, identity } = client.options;
  for await (const { workflowId, runId } of client.workflow.list({
    query: pinnedTo(from),
    pageSize: PAGE,
  })) {
    if (signal.aborted || moved >= atMost) break;
    const pinned = {
      behavior: PINNED_OVERRIDE_BEHAVIOR_PINNED,
      version: { deploymentName: to.deployment, buildId: to.buildId },
    };
    try {
      await client.withDeadline(Date.now() + ASK_MS, () =>
        client.workflowService.updateWorkflowExecutionOptions({
          namespace,
          identity,
          workflowExecution: { workflowId, runId },
          workflowExecutionOptions: { versioningOverride: { pinned } },
          updateMask: { paths: ['versioning_override'] },
        }),
      );
      moved += 1;
    } catch (error) {
      if (statusCode(error) !== NOT_FOUND) throw error;
    }
  }
  return moved;
}

/** The first open workflows that are pinned to a version, as Temporal lists them: the youngest first. */
export async function listPinned(
  client: Client,
  version: NamedVersion,
  atMost: number,
): Promise<readonly Saga[]> {
  const found: Saga[] = [];
  for await (const workflow of client.workflow.list({ query: pinnedTo(version), pageSize: atMost })) {
    if (found.push(sagaOf(workflow)) >= atMost) break;
  }
  return found;
}

/** The open workflow that began first among those that are pinned to a version. */
export function oldestPinned(client: Client, version: NamedVersion): Promise<Saga | undefined> {
  return oldestOf(client, pinnedTo(version));
}

/** Neither contains a quote: `deploymentOf`, and `BUILD_ID` in src/config.ts. */
function pinnedTo({ deployment, buildId }: NamedVersion): string {
  const conditions = [
    `TemporalWorkerDeploymentVersion = '${deployment}:${buildId}'`,
    "TemporalWorkflowVersioningBehavior = 'Pinned'",
    "ExecutionStatus = 'Running'",
  ];
  return conditions.join(' AND ');
}
