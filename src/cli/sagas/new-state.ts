import type { Saga } from '../../adapters/temporal';
import { findSaga } from '../../adapters/temporal';
import { oneLine } from '../../contracts';
import type { Decided } from '../../operator';
import { linkTo } from '../../operator/link';
import type { Output } from '../options';
import type { CliContext } from '../context';

/**
 * Prints the saga's new state. The state is up to date, because the saga applies the decision in the same step in which it
 * answers.
 */
export async function tellNewState(
  cliContext: CliContext,
  before: Saga,
  operation: Decided,
  output: Output['output'],
): Promise<void> {
  const { terminal } = cliContext;
  const now = (await findSaga(await cliContext.temporal(), before.workflowId))?.saga ?? before;
  const { workflowId, state, status, runId } = now;
  const link = linkTo(cliContext.config(), workflowId, runId);
  const { decision, approvedBy } = operation;
  const by = approvedBy === undefined ? operation.by : `${operation.by} and ${approvedBy}`;
  terminal.out(
    output === 'json'
      ? JSON.stringify({ workflowId, runId, operation, state, status, link })
      : `${oneLine(`${workflowId} has taken it (${decision}, by ${by}), and is ${state} now`)}\n  ${link}`,
  );
}
