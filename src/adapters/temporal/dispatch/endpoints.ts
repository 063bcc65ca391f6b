import type { Client, Workflow } from '@temporalio/client';
import {
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import type { EndpointAnswer, DomainEvent, Placement, ProcessDefinition } from '../../../contracts';
import { ANSWER, errorMessage, identityOf, SUBMIT, workflowIdOf } from '../../../contracts';
import { querySaga } from '../sagas/sagas';
import { openingOptions } from './workflows';

export type Submitted =
  | { readonly kind: 'answered'; readonly answer: EndpointAnswer }
  /** The process has not answered yet, or could not be asked. The event is safe; repeat the request to ask again. */
  | { readonly kind: 'pending'; readonly why: string };

/** Opens a process with an event as the bridge does, unless it is open, and waits for its answer. */
export type Submit = (process: ProcessDefinition, event: DomainEvent) => Promise<Submitted>;

/**
 * Creates the function that submits events to processes.
 *
 * The update carries the event itself. The bridge's signal brings the same event, and the process drops whichever
 * comes second. A repeat has the same update id, so it gets the first answer, even after the process has ended.
 *
 * @param withinMs how long to wait for an answer, in milliseconds
 * @param placement of the deployment's pools; the processes that are opened begin with it
 */
export function createSubmit(client: Client, withinMs: number, placement: Placement): Submit {
  return async (process, event) => {
    const workflowId = workflowIdOf(process, event.key);
    const startWorkflowOperation = new WithStartWorkflowOperation<Workflow>(
      process.name,
      openingOptions({ workflow: process, workflowId, key: event.key }, placement),
    );
    try {
      const answer = await client.withDeadline(Date.now() + withinMs, () =>
        client.workflow.executeUpdateWithStart<Workflow, EndpointAnswer, [DomainEvent]>(SUBMIT, {
          startWorkflowOperation,
          args: [event],
          updateId: `${SUBMIT} ${identityOf(event)}`,
        }),
      );
      return { kind: 'answered', answer };
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) {
        const asking = client.withDeadline(Date.now() + withinMs, () => answerOfClosed(client, workflowId));
        return asking.catch(unanswered);
      }
      return unanswered(error);
    }
  };
}

/**
 * Reads the answer of a process that ended without this update, because only the signal reached it. Its history still
 * has the answer.
 */
async function answerOfClosed(client: Client, workflowId: string): Promise<Submitted> {
  const { runId } = await client.workflow.getHandle(workflowId).describe();
  const asked = await querySaga(client, { workflowId, runId }, ANSWER);
  if (asked.kind === 'answered' && asked.value !== null) {
    return { kind: 'answered', answer: asked.value as EndpointAnswer };
  }
  return pending('the process has ended, and nobody can say what it has answered');
}

function unanswered(error: unknown): Submitted {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return pending('no answer in time');
  return pending(errorMessage(error));
}

function pending(why: string): Submitted {
  return { kind: 'pending', why };
}
