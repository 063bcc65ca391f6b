import type { Saga } from '../../adapters/temporal';
import { findSaga, updateSaga } from '../../adapters/temporal';
import { DECIDE, oneLine } from '../../contracts';
import { CliError, EXIT } from '../exit';
import { linkTo } from '../link';
import type { Output } from '../options';
import type { CliContext } from '../context';
import type { Decided, PastDecisions } from './record';
import { recordDecision } from './record';

/**
 * Records a decision behind the last known one, and delivers it.
 *
 * @throws CliError `conflict` if another decision came first; `not-stuck` or `no-answer` if the saga has not taken it
 */
export async function makeDecision(
  cliContext: CliContext,
  saga: Saga,
  past: PastDecisions,
  decision: Omit<Decided, 'kind' | 'n' | 'at'>,
): Promise<Decided> {
  const { append, clock } = await cliContext.deadLetters();
  const at = clock().toISOString();
  const recorded = await recordDecision(append, saga.workflowId, past, { ...decision, at });
  if (!recorded) {
    throw new CliError('conflict', `somebody else is deciding about ${saga.workflowId} at this moment`);
  }
  await deliver(cliContext, saga, recorded);
  return recorded;
}

/**
 * Delivers the decision. The saga rejects an answer to a question that it has not asked; the name of the author goes into its
 * history.
 */
async function deliver(cliContext: CliContext, saga: Saga, recorded: Decided): Promise<void> {
  const { decision: kind, reason, what: about, since, by, audit, approvedBy, approval } = recorded;
  const payload = { kind, reason, about, since, by, audit, approvedBy, approval };
  const answer = await updateSaga(await cliContext.temporal(), saga, DECIDE, payload);
  switch (answer.kind) {
    case 'accepted':
      return;
    case 'closed':
      throw new CliError('not-stuck', `${saga.workflowId} has closed meanwhile: nothing was decided`);
    case 'refused':
      throw new CliError('not-stuck', `${saga.workflowId} has gone on meanwhile: ${answer.why}`);
    case 'silent':
      throw new CliError(
        'no-answer',
        `the decision is recorded, and nobody knows whether ${saga.workflowId} has it (${answer.why}): ` +
          'look again, and where it is still stuck decide with --again',
        EXIT.stillOpen,
      );
  }
}

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
