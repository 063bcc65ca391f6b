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
  /** The process has not answered yet, or nobody could be asked; the event is safe, and is asked about again by repeating. */
  | { readonly kind: 'pending'; readonly why: string };

/** Opens a process with an event as the bridge does, unless it is open, and waits for its answer. */
export type Submit = (process: ProcessDefinition, event: DomainEvent) => Promise<Submitted>;

/**
 * The update brings the event itself: whether the bridge's signal or the update comes first, the second one is dropped. It
 * is the same update however often it is sent, so that a repeat gets the first answer, also when the process has ended.
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

/** It has ended without this update, because only the signal reached it: its history has the answer all the same. */
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
