import type { Client } from '@temporalio/client';
import { describeRun } from './describe';

/** The most runs of one workflow to list. Nobody tells more of them apart; the latest count. */
const RUNS = 20;
const ASK_MS = 10_000;

/**
 * The run ids of a workflow, latest first. Temporal's list may lack the latest run for some moments, so that run is
 * described.
 */
export async function runsOf(client: Client, workflowId: string): Promise<string[]> {
  return client.withDeadline(Date.now() + ASK_MS, async () => {
    const latest = await describeRun(client, workflowId);
    if (latest === undefined) return [];
    const runs = new Set([latest.runId]);
    const query = `WorkflowId = "${workflowId}"`;
    for await (const { runId } of client.workflow.list({ query, pageSize: RUNS })) {
      if (runs.size === RUNS) break;
      runs.add(runId);
    }
    return [...runs];
  });
}

/**
 * Whether Temporal knows this run of a workflow. It does not if the run is past its retention, or if Temporal was restored from
 * a backup that is older than the run.
 */
export async function isKnownRun(
  client: Client,
  { workflowId, runId }: { readonly workflowId: string; readonly runId: string },
): Promise<boolean> {
  const found = await client.withDeadline(Date.now() + ASK_MS, () => describeRun(client, workflowId, runId));
  return found !== undefined;
}
