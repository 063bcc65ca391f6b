import { findSaga } from '../../adapters/temporal';
import { workflowIdOf } from '../../contracts';
import type { CliContext } from '../context';

/** A workflow of a process that has got personal data. */
export interface SubjectWorkflow {
  readonly workflowId: string;
  readonly runId: string;
  readonly key: string;
  readonly status: string;
  readonly state: string;
}

/** The workflows with these correlation keys, as Temporal knows them now. */
export async function workflowsOf(
  cliContext: CliContext,
  keys: readonly string[],
): Promise<SubjectWorkflow[]> {
  const temporal = await cliContext.temporal();
  const found: SubjectWorkflow[] = [];
  for (const key of keys) {
    for (const process of cliContext.processes) {
      const workflowId = workflowIdOf(process, key);
      const saga = (await findSaga(temporal, workflowId))?.saga;
      if (saga) found.push({ workflowId, runId: saga.runId, key, status: saga.status, state: saga.state });
    }
  }
  return found;
}

export const isOpen = ({ status }: SubjectWorkflow) => status === 'RUNNING';
