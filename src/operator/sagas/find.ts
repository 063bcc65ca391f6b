import type { PendingStep, Saga } from '../../adapters/temporal';
import { findSaga } from '../../adapters/temporal';
import { workflowIdOf } from '../../contracts';
import type { OperatorContext } from '../context';
import { OperatorError } from '../error';

/** Whether a text may be the id of a workflow of events: one token of a subject. */
export function isWorkflowId(text: string): boolean {
  return /^[^\s.*>]{1,200}$/.test(text);
}

/** @throws OperatorError `unknown-saga`, with the likely id when a key was given */
export async function existingSaga(
  context: Pick<OperatorContext, 'temporal' | 'processes'>,
  workflowId: string,
): Promise<{ readonly saga: Saga; readonly pending: readonly PendingStep[] }> {
  const temporal = await context.temporal();
  const found = await findSaga(temporal, workflowId);
  if (found) return found;
  for (const process of context.processes) {
    const meant = workflowIdOf(process, workflowId);
    if (await findSaga(temporal, meant)) {
      throw new OperatorError(
        'unknown-saga',
        `there is no workflow ${workflowId}; did you mean ${meant}?`,
        'refused',
        { meant },
      );
    }
  }
  throw new OperatorError('unknown-saga', `there is no workflow ${workflowId}, or Temporal has forgotten it`);
}
