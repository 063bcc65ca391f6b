import type { Client, WorkflowStartOptions } from '@temporalio/client';
import {
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { NamespaceNotFoundError } from '@temporalio/common';
import { google, temporal } from '@temporalio/proto';
import type { Answer, Target, Unavailability, Workflows } from '../../../bridge';
import type { Placement } from '../../../contracts';
import { CORRELATION_ID, OCCURRENCE_MEMO, SAGA_STATE, summaryOf } from '../../../contracts';
import {
  DEADLINE_EXCEEDED,
  grpcErrorOf,
  INVALID_ARGUMENT,
  isClosed,
  PERMISSION_DENIED,
  RESOURCE_EXHAUSTED,
  statusCode,
  UNAUTHENTICATED,
  UNAVAILABLE,
  UNIMPLEMENTED,
} from '../connection/status';
import { describeRun } from '../sagas/describe';
import { latestRun } from './latest-run';
import { hasSeen } from './seen';

const { ResourceExhaustedFailure } = temporal.api.errordetails.v1;
const { RESOURCE_EXHAUSTED_CAUSE_BUSY_WORKFLOW } = temporal.api.enums.v1.ResourceExhaustedCause;

/**
 * Codes that do not concern one workflow: no server, no answer in time, or a server that denies access or does not
 * know the call. gRPC gives UNAVAILABLE for lost connections, and DEADLINE_EXCEEDED for a server that is connected
 * and silent.
 */
const AWAY: ReadonlySet<number> = new Set([
  UNAVAILABLE,
  DEADLINE_EXCEEDED,
  UNAUTHENTICATED,
  PERMISSION_DENIED,
  UNIMPLEMENTED,
]);

/** Time for reading a history: one of 50 MiB has some hundred pages. With less time its event would be held for ever. */
const HISTORY_MS = 60_000;
/**
 * The most signals that Temporal accepts for one run. It refuses the next one like any bad request, without the
 * number of signals. A history that is at least this long is taken as the cause.
 */
const SIGNALS_OF_A_RUN = 10_000;

/**
 * The start options of a workflow, the same for a signal and for an update. They do not change a workflow that is
 * already open.
 */
export function openingOptions(
  { workflow, workflowId, key, batch, opening: next }: Target,
  placement: Placement,
) {
  const opening = {
    workflowId,
    taskQueue: workflow.taskQueue,
    // The opening event is not an argument: Temporal silently drops the arguments of a second start.
    args: [{ key, ...(batch && { batch }), ...(next && { seen: next.seen }) }],
    memo: { ...placement[workflow.taskQueue], ...(next && { [OCCURRENCE_MEMO]: next.occurrence }) },
    workflowIdReusePolicy: workflow.batches || next ? 'ALLOW_DUPLICATE' : 'ALLOW_DUPLICATE_FAILED_ONLY',
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: summaryOf(workflow.summary(key)),
    typedSearchAttributes: [
      { key: CORRELATION_ID, value: key },
      { key: SAGA_STATE, value: workflow.initialState },
    ],
  } satisfies WorkflowStartOptions;
  return opening;
}

/**
 * Implements the bridge's port `Workflows` with the SDK's client.
 *
 * @param client makes one attempt for each call, with a deadline; an event without an answer is held
 * @param placement of the deployment's pools; the sagas that are opened begin with it
 */
export function createWorkflows(client: Client, placement: Placement = {}): Workflows {
  /** Delivers a signal, and distinguishes a full run from Temporal's other refusals. */
  async function deliver<Value>(
    workflowId: string,
    call: () => Promise<Value>,
  ): Promise<Answer<Value | 'full'>> {
    const delivered = await answer(call);
    if (delivered.kind !== 'rejected') return delivered;
    const length = await answer(
      async () => (await client.workflow.getHandle(workflowId).describe()).historyLength,
    );
    const isFull = length.kind === 'answered' && length.value >= SIGNALS_OF_A_RUN;
    return isFull ? { kind: 'answered', value: 'full' } : delivered;
  }

  return {
    signalWithStart: (target, event) =>
      deliver(target.workflowId, async () => {
        try {
          await client.workflow.signalWithStart(target.workflow.name, {
            ...openingOptions(target, placement),
            signal: event.type,
            signalArgs: [event],
          });
          return 'accepted';
        } catch (error) {
          if (error instanceof WorkflowExecutionAlreadyStartedError) return 'closed';
          throw error;
        }
      }),

    signal: ({ workflowId }, event) =>
      deliver(workflowId, async () => {
        try {
          await client.workflow.getHandle(workflowId).signal(event.type, event);
          return 'accepted';
        } catch (error) {
          if (error instanceof WorkflowNotFoundError) return 'not-open';
          throw error;
        }
      }),

    status: ({ workflowId }) =>
      answer(async () => {
        const run = await describeRun(client, workflowId);
        if (!run) return 'missing';
        return isClosed(run.status.name) ? 'closed' : 'open';
      }),

    hasSeen: ({ workflowId }: Target, event) =>
      answer(() => client.withDeadline(Date.now() + HISTORY_MS, () => hasSeen(client, workflowId, event))),

    latestRun: ({ workflowId }) =>
      answer(() => client.withDeadline(Date.now() + HISTORY_MS, () => latestRun(client, workflowId))),
  };
}

/** What a call's result or error means to the bridge. */
export async function answer<Value>(call: () => Promise<Value>): Promise<Answer<Value>> {
  try {
    return { kind: 'answered', value: await call() };
  } catch (cause) {
    return isHopeless(cause)
      ? { kind: 'rejected', cause }
      : { kind: 'unavailable', why: unavailability(cause), cause };
  }
}

/**
 * Whether repeating the call cannot help: Temporal refused the request itself, or it was never sent. An error without
 * a status comes from our own code, for example from a summary.
 */
function isHopeless(error: unknown): boolean {
  const fromTemporal = error instanceof ServiceError || error instanceof NamespaceNotFoundError;
  const code = statusCode(error);
  return code === undefined ? !fromTemporal : code === INVALID_ARGUMENT;
}

function unavailability(error: unknown): Unavailability {
  const grpc = grpcErrorOf(error);
  if (grpc?.code === RESOURCE_EXHAUSTED)
    return exhausted(grpc) === RESOURCE_EXHAUSTED_CAUSE_BUSY_WORKFLOW ? 'busy' : 'exhausted';
  return grpc === undefined || error instanceof NamespaceNotFoundError || AWAY.has(grpc.code)
    ? 'away'
    : 'failing';
}

/** The cause of RESOURCE_EXHAUSTED, which Temporal's frontend adds to the status (google.rpc.Status, in binary). */
function exhausted({ metadata }: NonNullable<ReturnType<typeof grpcErrorOf>>): number | undefined {
  const [status] = metadata?.get('grpc-status-details-bin') ?? [];
  if (!(status instanceof Uint8Array)) return undefined;
  const detail = google.rpc.Status.decode(status).details.find(({ type_url }) =>
    type_url?.endsWith('/temporal.api.errordetails.v1.ResourceExhaustedFailure'),
  );
  return detail?.value ? ResourceExhaustedFailure.decode(detail.value).cause : undefined;
}
