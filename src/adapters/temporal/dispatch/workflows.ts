import type { Client, WorkflowStartOptions } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import type { Answer, Target, Workflows } from '../../../bridge';
import type { Placement } from '../../../contracts';
import { CORRELATION_ID, OCCURRENCE_MEMO, placedMemo, SAGA_STATE } from '../../../contracts';
import { answer } from './answer';
import { describeRun } from '../sagas/describe';
import { latestRun } from './latest-run';
import { hasSeen } from './seen';
import { isClosed } from '../connection/status';

/** A history of 50 MiB comes in some hundred pages; with less time its event would be held for ever. */
const HISTORY_MS = 60_000;
/**
 * So many signals Temporal takes for one run. It refuses the next as it refuses any bad request, and does not say how many
 * there were: a history that is at least as long is taken for the cause.
 */
const SIGNALS_OF_A_RUN = 10_000;

/** How a workflow is opened, by whatever way its first event comes. Where it is open, none of this changes it. */
export function openingOptions(
  { workflow, workflowId, key, batch, opening: next }: Target,
  placement: Placement,
) {
  const opening = {
    workflowId,
    taskQueue: workflow.taskQueue,
    // The opening event travels beside them: a second start's arguments would be dropped in silence.
    args: [{ key, ...(batch && { batch }), ...(next && { seen: next.seen }) }],
    memo: {
      ...placedMemo(placement[workflow.taskQueue] ?? []),
      ...(next && { [OCCURRENCE_MEMO]: next.occurrence }),
    },
    workflowIdReusePolicy: workflow.batches || next ? 'ALLOW_DUPLICATE' : 'ALLOW_DUPLICATE_FAILED_ONLY',
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: workflow.summary(key),
    typedSearchAttributes: [
      { key: CORRELATION_ID, value: key },
      { key: SAGA_STATE, value: workflow.initialState },
    ],
  } satisfies WorkflowStartOptions;
  return opening;
}

/**
 * The bridge's view of Temporal, over the SDK's client.
 *
 * @param client of single attempts, each with a deadline: what has no answer then is held
 * @param placement of the deployment's pools: what the sagas that are opened begin with
 */
export function createWorkflows(client: Client, placement: Placement = {}): Workflows {
  /** Delivers a signal; of what Temporal refuses, that which is not the event's fault is told apart. */
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
