import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { SearchAttributeType, defineSearchAttributeKey } from '@temporalio/common';
import type { Saga } from './sagas';
import { sagaOf } from './sagas';
import { INVALID_ARGUMENT, statusCode } from './status';

/** A workflow that cannot go on, because its workflow tasks fail: non-determinism, or an error that its code throws. */
export interface FailingWorkflow extends Saga {
  /** Of the workflow task: above 1. */
  readonly attempt: number;
  /** When the task's present attempt was scheduled. */
  readonly scheduledAt?: Date | undefined;
  /** In Temporal's words: `WorkflowWorkerUnhandledFailure`, `NonDeterministicError`; empty on a server that does not say. */
  readonly cause: string;
}

/** Set by the server (1.30 and later) after five attempts of one workflow task; gone when one succeeds. */
const REPORTED = 'TemporalReportedProblems';
const reported = defineSearchAttributeKey(REPORTED, SearchAttributeType.KEYWORD_LIST);
const CAUSE = /^cause=(?:WorkflowTaskFailedCause)?(.+)$/;

const PAGE = 100;
/** Open workflows that are looked at one by one, where the server has no such attribute: a look takes some milliseconds. */
const MOST_LOOKED_AT = 1_000;

/** All open workflows whose workflow tasks fail, the one with the most attempts first. */
export async function workflowsWithFailingTasks(client: Client): Promise<FailingWorkflow[]> {
  const found: FailingWorkflow[] = [];
  let looked = 0;
  for await (const { workflowId, runId, typedSearchAttributes } of candidates(client)) {
    if (++looked > MOST_LOOKED_AT) break;
    const attempt = await taskOf(client, { workflowId, runId });
    if (!attempt) continue;
    const problems = typedSearchAttributes.get(reported) ?? [];
    const cause = problems.map((each) => CAUSE.exec(each)?.[1]).find(Boolean) ?? '';
    found.push({ ...attempt, cause });
  }
  return found.sort((one, other) => other.attempt - one.attempt);
}

async function* candidates(client: Client) {
  const isOpen = 'ExecutionStatus = "Running"';
  try {
    yield* client.workflow.list({ query: `${isOpen} AND ${REPORTED} IS NOT NULL`, pageSize: PAGE });
  } catch (error) {
    if (statusCode(error) !== INVALID_ARGUMENT) throw error;
    yield* client.workflow.list({ query: isOpen, pageSize: PAGE });
  }
}

/** The run as it is now; `undefined` where its task does not fail any more. */
async function taskOf(
  client: Client,
  { workflowId, runId }: Pick<Saga, 'workflowId' | 'runId'>,
): Promise<Omit<FailingWorkflow, 'cause'> | undefined> {
  try {
    const described = await client.workflow.getHandle(workflowId, runId).describe();
    const { attempt = 0, scheduledTime } = described.raw.pendingWorkflowTask ?? {};
    if ((attempt ?? 0) <= 1) return undefined;
    const scheduledAt = scheduledTime ? new Date(Number(scheduledTime.seconds ?? 0) * 1_000) : undefined;
    return { ...sagaOf(described), attempt: attempt ?? 0, scheduledAt };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
