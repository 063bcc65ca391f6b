import type { Client } from '@temporalio/client';
import { describeRun } from './describe';

/** More runs of one workflow are not told apart by anybody; the latest count. */
const RUNS = 20;
const ASK_MS = 10_000;

/** The runs of a workflow, the latest first; the one that opened it again may be some moments late in Temporal's list. */
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
