import { InvalidArgumentError } from 'commander';
import type { PendingStep, Saga } from '../../adapters/temporal';
import { findSaga } from '../../adapters/temporal';
import { workflowIdOf } from '../../contracts';
import { CliError } from '../exit';
import type { CliContext } from '../context';

/** Parses a workflow id: one token of a subject, as the ids of all workflows of events are. */
export function workflowIdArgument(text: string): string {
  if (/^[^\s.*>]{1,200}$/.test(text)) return text;
  throw new InvalidArgumentError('The id of a workflow is one word: <process>-<key>.');
}

/** @throws CliError `unknown-saga`, with the likely id when a key was given */
export async function existingSaga(
  cliContext: CliContext,
  workflowId: string,
): Promise<{ readonly saga: Saga; readonly pending: readonly PendingStep[] }> {
  const temporal = await cliContext.temporal();
  const found = await findSaga(temporal, workflowId);
  if (found) return found;
  for (const process of cliContext.processes) {
    const meant = workflowIdOf(process, workflowId);
    if (await findSaga(temporal, meant)) {
      throw new CliError('unknown-saga', `there is no workflow ${workflowId}; did you mean ${meant}?`);
    }
  }
  throw new CliError('unknown-saga', `there is no workflow ${workflowId}, or Temporal has forgotten it`);
}
