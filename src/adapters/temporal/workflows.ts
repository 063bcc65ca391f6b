import type { Client, WorkflowExecutionStatusName } from '@temporalio/client';
import {
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { defineSearchAttributeKey, NamespaceNotFoundError, SearchAttributeType } from '@temporalio/common';
import type { Answer, Target, Workflows } from '../../bridge';
import { SEARCH_ATTRIBUTES } from '../../contracts';
import { hasSeen } from './seen';

/** Longer than any healthy answer, shorter than a pause that people notice; then the bridge holds the event. */
const CALL_MS = 5_000;
/** A history of 50 MiB comes in some hundred pages; with less time its event would be held for ever. */
const HISTORY_MS = 60_000;
/** Temporal takes no more signals for one run. It refuses them as it refuses any bad request: only the history tells. */
const SIGNALS_OF_A_RUN = 10_000;
/** gRPC status INVALID_ARGUMENT: the request itself is at fault. All other refusals may pass. */
const INVALID_ARGUMENT = 3;

/** Named rather than `not RUNNING`: a paused workflow is open, and a state that we do not know may be. */
const CLOSED: ReadonlySet<WorkflowExecutionStatusName> = new Set([
  'COMPLETED',
  'FAILED',
  'CANCELLED',
  'TERMINATED',
  'TIMED_OUT',
]);

const correlationId = defineSearchAttributeKey(SEARCH_ATTRIBUTES.correlationId, SearchAttributeType.KEYWORD);
const sagaState = defineSearchAttributeKey(SEARCH_ATTRIBUTES.sagaState, SearchAttributeType.KEYWORD);

/** The bridge's view of Temporal, over the SDK's client. */
export function createWorkflows(client: Client): Workflows {
  const ask = <Value>(call: () => Promise<Value>, ms = CALL_MS) =>
    answer(() => client.withDeadline(Date.now() + ms, call));

  async function hasFullHistory(workflowId: string): Promise<boolean> {
    const length = await ask(
      async () => (await client.workflow.getHandle(workflowId).describe()).historyLength,
    );
    return length.kind === 'answered' && length.value >= SIGNALS_OF_A_RUN;
  }

  return {
    signalWithStart: async ({ workflow, workflowId, key, batch }, event) => {
      const taken = await ask(async () => {
        try {
          await client.workflow.signalWithStart(workflow.name, {
            workflowId,
            taskQueue: workflow.taskQueue,
            // The opening event travels in the signal: a second start's arguments would be dropped in silence.
            args: [batch ? { key, batch } : { key }],
            signal: event.type,
            signalArgs: [event],
            workflowIdReusePolicy: workflow.accumulates ? 'ALLOW_DUPLICATE' : 'ALLOW_DUPLICATE_FAILED_ONLY',
            workflowIdConflictPolicy: 'USE_EXISTING',
            staticSummary: workflow.summary(key),
            typedSearchAttributes: [
              { key: correlationId, value: key },
              { key: sagaState, value: workflow.initialState },
            ],
          });
          return 'accepted' as const;
        } catch (error) {
          if (error instanceof WorkflowExecutionAlreadyStartedError) return 'closed' as const;
          throw error;
        }
      });
      // Not the event's fault: its run will be continued as new, as soon as its flush gets through.
      if (taken.kind === 'rejected' && workflow.accumulates && (await hasFullHistory(workflowId))) {
        return { kind: 'unavailable', cause: taken.cause };
      }
      return taken;
    },

    signal: ({ workflowId }, event) =>
      ask(async () => {
        try {
          await client.workflow.getHandle(workflowId).signal(event.type, event);
          return 'accepted' as const;
        } catch (error) {
          if (error instanceof WorkflowNotFoundError) return 'not-open' as const;
          throw error;
        }
      }),

    status: ({ workflowId }) =>
      ask(async () => {
        try {
          const { status } = await client.workflow.getHandle(workflowId).describe();
          return CLOSED.has(status.name) ? 'closed' : 'open';
        } catch (error) {
          if (error instanceof WorkflowNotFoundError) return 'missing' as const;
          throw error;
        }
      }),

    hasSeen: ({ workflowId }: Target, event) => ask(() => hasSeen(client, workflowId, event), HISTORY_MS),
  };
}

async function answer<Value>(call: () => Promise<Value>): Promise<Answer<Value>> {
  try {
    return { kind: 'answered', value: await call() };
  } catch (cause) {
    return { kind: isHopeless(cause) ? 'rejected' : 'unavailable', cause };
  }
}

/** Refused by Temporal for what it is, or not even sent: an error without a status is our own, say of a summary. */
function isHopeless(error: unknown): boolean {
  const fromTemporal = error instanceof ServiceError || error instanceof NamespaceNotFoundError;
  const code = statusCode(error);
  return code === undefined ? !fromTemporal : code === INVALID_ARGUMENT;
}

function statusCode(error: unknown): number | undefined {
  const cause = error instanceof ServiceError ? error.cause : error;
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'number' ? cause.code : undefined;
}
