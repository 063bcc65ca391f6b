import type { Client, WorkflowExecutionDescription, WorkflowExecutionInfo } from '@temporalio/client';
import {
  QueryNotRegisteredError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { CORRELATION_ID, errorMessage, SAGA_STATE, withoutEscapes } from '../../../contracts';
import { failureMessage } from '../connection/payload';
import { describeRun } from './describe';
import { occurrenceIn } from '../dispatch/latest-run';

/** One run of a workflow, as people search for it. */
export interface Saga {
  readonly workflowId: string;
  readonly runId: string;
  /** The workflow type. */
  readonly workflow: string;
  /** The correlation key; empty if the workflow was started without one. */
  readonly key: string;
  /** For a process that recurs: the occurrence that the run belongs to. */
  readonly occurrence?: string | undefined;
  /** The search attribute `SagaState`. */
  readonly state: string;
  /** In Temporal's words: `RUNNING`, `COMPLETED`, `TERMINATED`, … */
  readonly status: string;
  readonly startedAt: Date;
  readonly closedAt?: Date | undefined;
}

/** A step that is being attempted at this moment, or waits for its next attempt. */
export interface PendingStep {
  readonly activity: string;
  readonly attempt: number;
  readonly lastFailure?: string | undefined;
}

/** A person waits for the answer, which is quick if Temporal is available. */
const ASK_MS = 10_000;
/** A worker that reads a long history first takes a second; without a worker there is never an answer. */
const QUERY_MS = 4_000;
const PAGE = 100;

/** Lists the open sagas in these states. Temporal's list may be a moment behind. */
export async function* sagasIn(client: Client, states: readonly string[]): AsyncGenerator<Saga> {
  const wanted = states.map((state) => `"${state}"`).join(', ');
  const query = `ExecutionStatus = "Running" AND ${SAGA_STATE.name} IN (${wanted})`;
  for await (const found of client.workflow.list({ query, pageSize: PAGE })) yield sagaOf(found);
}

/**
 * The latest run of a workflow, as it is now; `undefined` if Temporal does not know the workflow.
 *
 * @example
 * const found = await findSaga(client, 'alert-dev-1');
 * const isOpen = found?.saga.status === 'RUNNING';
 */
export async function findSaga(
  client: Client,
  workflowId: string,
): Promise<{ readonly saga: Saga; readonly pending: readonly PendingStep[] } | undefined> {
  const described = await client.withDeadline(Date.now() + ASK_MS, () => describeRun(client, workflowId));
  return described && { saga: sagaOf(described), pending: await pendingOf(client, described) };
}

export type QueryAnswer =
  | { readonly kind: 'answered'; readonly value: unknown }
  /** The workflow's code does not have this query. */
  | { readonly kind: 'unknown' }
  /** No worker answered in time. */
  | { readonly kind: 'silent'; readonly why: string };

/** Queries a run. The answer takes earlier signals into account. */
export async function querySaga(
  client: Client,
  { workflowId, runId }: Pick<Saga, 'workflowId' | 'runId'>,
  query: string,
): Promise<QueryAnswer> {
  try {
    const value: unknown = await client.withDeadline(Date.now() + QUERY_MS, () =>
      client.workflow.getHandle(workflowId, runId).query(query),
    );
    return { kind: 'answered', value };
  } catch (error) {
    if (error instanceof QueryNotRegisteredError) return { kind: 'unknown' };
    return { kind: 'silent', why: errorMessage(error) };
  }
}

/** Query that the SDK answers for every workflow, with the latest argument of `setCurrentDetails`. */
const METADATA_QUERY = '__temporal_workflow_metadata';

/** The current details on the workflow's page; empty if no worker answers. */
export async function detailsOf(client: Client, saga: Pick<Saga, 'workflowId' | 'runId'>): Promise<string> {
  const answer = await querySaga(client, saga, METADATA_QUERY);
  const metadata = answer.kind === 'answered' ? answer.value : undefined;
  const words = (metadata as { currentDetails?: unknown } | null | undefined)?.currentDetails;
  return typeof words === 'string' ? withoutEscapes(words) : '';
}

export type UpdateAnswer =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'closed' }
  /** There was no answer; the update may still be applied. */
  | { readonly kind: 'silent'; readonly why: string };

/** Sends an update to this run only, never to a later one, and waits until it is done. */
export async function updateSaga(
  client: Client,
  { workflowId, runId }: Pick<Saga, 'workflowId' | 'runId'>,
  update: string,
  payload: unknown,
): Promise<UpdateAnswer> {
  try {
    await client.withDeadline(Date.now() + ASK_MS, () =>
      client.workflow.getHandle(workflowId, runId).executeUpdate(update, { args: [payload] }),
    );
    return { kind: 'accepted' };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { kind: 'closed' };
    const why = error instanceof Error ? (error.cause instanceof Error ? error.cause : error).message : '';
    return { kind: error instanceof WorkflowUpdateFailedError ? 'refused' : 'silent', why };
  }
}

export function sagaOf(found: Omit<WorkflowExecutionInfo, 'raw'>): Saga {
  return {
    workflowId: found.workflowId,
    runId: found.runId,
    workflow: found.type,
    key: found.typedSearchAttributes.get(CORRELATION_ID) ?? '',
    occurrence: occurrenceIn(found.memo),
    state: found.typedSearchAttributes.get(SAGA_STATE) ?? '',
    status: found.status.name,
    startedAt: found.startTime,
    closedAt: found.closeTime,
  };
}

function pendingOf(client: Client, { raw }: WorkflowExecutionDescription): Promise<PendingStep[]> {
  return Promise.all(
    (raw.pendingActivities ?? []).map(async ({ activityType, attempt, lastFailure }) => ({
      activity: activityType?.name ?? '',
      attempt: attempt ?? 1,
      lastFailure: await failureMessage(client, lastFailure),
    })),
  );
}
