import type { Client } from '@temporalio/client';
import { optionalTsToDate } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';
import { CORRELATION_ID, OCCURRENCE_MEMO, SAGA_STATE } from '../../../contracts';
import { plainText, textOf } from '../connection/payload';
import type { Saga } from './sagas';

/** Which open sagas a list has; all of the given ones must apply. */
export interface SagaFilter {
  /** The workflow type. */
  readonly workflow?: string | undefined;
  /** The search attribute `SagaState`. */
  readonly state?: string | undefined;
}

export interface SagaPage {
  readonly sagas: readonly Saga[];
  /** The cursor of the next page; `undefined` after the last one. */
  readonly next?: string | undefined;
}

const ASK_MS = 10_000;
/** A name in a list filter. Others are never put into a query, and match nothing. */
const NAME = /^[\w.-]{1,100}$/;

/** One page of the open workflows, the youngest first, as Temporal lists them. */
export async function listSagas(
  client: Client,
  { workflow, state }: SagaFilter,
  { size, cursor }: { readonly size: number; readonly cursor?: string | undefined },
): Promise<SagaPage> {
  const names = [workflow, state].filter((name) => name !== undefined);
  if (!names.every((name) => NAME.test(name))) return { sagas: [] };
  const query = [
    'ExecutionStatus = "Running"',
    ...(workflow === undefined ? [] : [`WorkflowType = "${workflow}"`]),
    ...(state === undefined ? [] : [`${SAGA_STATE.name} = "${state}"`]),
  ].join(' AND ');
  const { executions, nextPageToken } = await client.withDeadline(Date.now() + ASK_MS, () =>
    client.workflowService.listWorkflowExecutions({
      namespace: client.options.namespace,
      query,
      pageSize: size,
      nextPageToken: Buffer.from(cursor ?? '', 'base64url'),
    }),
  );
  return {
    sagas: await Promise.all(executions.map((found) => sagaOfRaw(client, found))),
    next: nextPageToken.length === 0 ? undefined : Buffer.from(nextPageToken).toString('base64url'),
  };
}

async function sagaOfRaw(
  client: Client,
  found: temporal.api.workflow.v1.IWorkflowExecutionInfo,
): Promise<Saga> {
  const attribute = (name: string) => {
    const payload = found.searchAttributes?.indexedFields?.[name];
    return payload ? plainText(payload) : '';
  };
  return {
    workflowId: found.execution?.workflowId ?? '',
    runId: found.execution?.runId ?? '',
    workflow: found.type?.name ?? '',
    key: attribute(CORRELATION_ID.name),
    occurrence: await textOf(client, found.memo?.fields?.[OCCURRENCE_MEMO]),
    state: attribute(SAGA_STATE.name),
    status: statusOf(found.status),
    startedAt: optionalTsToDate(found.startTime) ?? new Date(0),
    closedAt: optionalTsToDate(found.closeTime),
  };
}

/** `RUNNING`, as the client names it. */
function statusOf(status: temporal.api.enums.v1.WorkflowExecutionStatus | null | undefined): string {
  const name = temporal.api.enums.v1.WorkflowExecutionStatus[status ?? 0] ?? '';
  return name.replace('WORKFLOW_EXECUTION_STATUS_', '');
}
