import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { NOT_FOUND, statusCode } from '../connection/status';
import { describeRun } from './describe';
import type { Saga } from './sagas';
import { sagaOf } from './sagas';

const { RESET_REAPPLY_TYPE_ALL_ELIGIBLE } = temporal.api.enums.v1.ResetReapplyType;
const ASK_MS = 10_000;
const PAGE = 200;

export interface StartedAgain {
  /** Workflows that were, or would be, reset to their beginning. */
  readonly workflows: number;
  /** Batchers that were, or would be, terminated: the events that they had are delivered again. */
  readonly batchers: number;
  /** Runs that closed since the time, and that another beginning of the workflow has followed. Only the latest can start again. */
  readonly earlierRuns: readonly Pick<Saga, 'workflowId' | 'runId'>[];
}

/**
 * Resets the workflows that are open, or have closed since a time, to their beginning: their effects since then are lost with the
 * database's. Each gets its signals and updates again, and each step its old result, unless it is lost. Batchers are terminated
 * instead: the events of their earlier runs are not in the history of the latest. A workflow that was terminated stays so. Safe
 * to repeat.
 *
 * @param options.dryRun counts, and changes nothing
 */
export async function startAgain(
  client: Client,
  {
    processes,
    since,
    reason,
    dryRun = false,
  }: {
    readonly processes: readonly { readonly name: string; readonly batches?: boolean | undefined }[];
    readonly since: Date;
    /** In the histories, for people. */
    readonly reason: string;
    readonly dryRun?: boolean;
  },
): Promise<StartedAgain> {
  const batchers = new Set(processes.filter(({ batches }) => batches === true).map(({ name }) => name));
  const latest = new Map<string, Saga>();
  const earlierRuns: Saga[] = [];
  for (const { name } of processes) {
    const query = `WorkflowType = "${name}" AND (CloseTime IS NULL OR CloseTime >= "${since.toISOString()}")`;
    for await (const found of client.workflow.list({ query, pageSize: PAGE })) {
      const run = sagaOf(found);
      const known = latest.get(run.workflowId);
      const isLater = known === undefined || run.startedAt > known.startedAt;
      if (isLater) latest.set(run.workflowId, run);
      const earlier = isLater ? known : run;
      if (earlier && !batchers.has(earlier.workflow)) earlierRuns.push(earlier);
    }
  }
  let counts = { workflows: 0, batchers: 0 };
  for (const { workflow, workflowId } of latest.values()) {
    const kind = batchers.has(workflow) ? 'batchers' : 'workflows';
    const act = kind === 'batchers' ? terminate : reset;
    if (await act(client, { workflowId, reason, dryRun })) counts = { ...counts, [kind]: counts[kind] + 1 };
  }
  const passed: StartedAgain['earlierRuns'][number][] = [];
  for (const { workflowId, runId } of earlierRuns)
    if (!(await isOneChain(client, { workflowId, runId }))) passed.push({ workflowId, runId });
  return { ...counts, earlierRuns: passed };
}

/** Whether the latest run of the workflow does the work of this one again: this one was reset. */
async function isOneChain(
  client: Client,
  { workflowId, runId }: { readonly workflowId: string; readonly runId: string },
): Promise<boolean> {
  const [one, latest] = await client.withDeadline(Date.now() + ASK_MS, () =>
    Promise.all([describeRun(client, workflowId, runId), describeRun(client, workflowId)]),
  );
  const beginningOf = (run: typeof one) => run?.raw.workflowExecutionInfo?.firstRunId;
  // The run that follows goes on behind the end of this one.
  if (one?.status.name === 'CONTINUED_AS_NEW') return false;
  return beginningOf(one) === beginningOf(latest);
}

interface Wanted {
  readonly workflowId: string;
  readonly reason: string;
  readonly dryRun: boolean;
}

/** @returns false if there is nothing to reset: it has done nothing yet, was terminated, or is not there */
async function reset(client: Client, { workflowId, reason, dryRun }: Wanted): Promise<boolean> {
  // The list may be of another moment than the workflows: they are backed up one after the other.
  const found = await client.withDeadline(Date.now() + ASK_MS, () => describeRun(client, workflowId));
  if (found === undefined || LEFT_ALONE.has(found.status.name)) return false;
  const beginning = await firstTask(client, { workflowId, runId: found.runId });
  if (beginning === undefined) return false;
  if (dryRun) return true;
  await client.withDeadline(Date.now() + ASK_MS, () =>
    client.workflowService.resetWorkflowExecution({
      namespace: client.options.namespace,
      workflowExecution: { workflowId, runId: found.runId },
      reason,
      requestId: randomUUID(),
      workflowTaskFinishEventId: beginning,
      resetReapplyType: RESET_REAPPLY_TYPE_ALL_ELIGIBLE,
    }),
  );
  return true;
}

const LEFT_ALONE: ReadonlySet<string> = new Set(['TERMINATED', 'CONTINUED_AS_NEW']);

/** The end of the run's first workflow task; `undefined` if there was none. */
async function firstTask(client: Client, execution: { readonly workflowId: string; readonly runId: string }) {
  const { history } = await client.withDeadline(Date.now() + ASK_MS, () =>
    client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution,
      maximumPageSize: PAGE,
    }),
  );
  const task = history?.events?.find(
    (event) =>
      event.workflowTaskCompletedEventAttributes ??
      event.workflowTaskFailedEventAttributes ??
      event.workflowTaskTimedOutEventAttributes,
  );
  return task?.eventId;
}

async function terminate(client: Client, { workflowId, reason, dryRun }: Wanted): Promise<boolean> {
  const found = await client.withDeadline(Date.now() + ASK_MS, () => describeRun(client, workflowId));
  if (found?.status.name !== 'RUNNING') return false;
  if (dryRun) return true;
  try {
    await client.withDeadline(Date.now() + ASK_MS, () =>
      client.workflow.getHandle(workflowId, found.runId).terminate(reason),
    );
  } catch (error) {
    if (statusCode(error) !== NOT_FOUND) throw error;
    return false;
  }
  return true;
}
