// Open workflows that are pinned to one version (`PINNED`): only the workers of that version continue them.
import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { NOT_FOUND, statusCode } from '../connection/status';

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
 * @returns the number of workflows that were moved, without those that closed meanwhile
 */
export async function movePinned(
  client: Client,
  { from, to, signal }: { from: NamedVersion; to: NamedVersion; signal: AbortSignal },
): Promise<number> {
  let moved = 0;
  const { namespace, identity } = client.options;
  for await (const { workflowId, runId } of client.workflow.list({
    query: pinnedTo(from),
    pageSize: PAGE,
  })) {
    if (signal.aborted) break;
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

/** Neither contains a quote: `deploymentOf`, and `BUILD_ID` in src/config.ts. */
function pinnedTo({ deployment, buildId }: NamedVersion): string {
  const conditions = [
    `TemporalWorkerDeploymentVersion = '${deployment}:${buildId}'`,
    "TemporalWorkflowVersioningBehavior = 'Pinned'",
    "ExecutionStatus = 'Running'",
  ];
  return conditions.join(' AND ');
}
