import type { Command } from 'commander';
import { Argument } from 'commander';
import { CliError, EXIT } from '../exit';
import type { Output } from '../options';
import { withOutput } from '../options';
import type { CliContext } from '../context';
import { requestApproval } from './approval';
import { existingSaga, workflowIdArgument } from './find';
import { makeDecision, tellNewState } from './make-decision';
import type { DecisionKind } from './question';
import { DECISIONS } from './question';
import { pendingQuestion } from './pending';

interface DecideOptions extends Output {
  readonly reason?: string;
  readonly again?: boolean;
}

export function addDecide(sagas: Command, cliContext: CliContext): void {
  withOutput(
    sagas
      .command('decide')
      .description('tells a process that is stuck what to do, and where it stands when it has taken that')
      .argument('<id>', 'of the workflow: <process>-<key>', workflowIdArgument)
      .addArgument(
        new Argument(
          '<decision>',
          'retry: try again; skip: go on without it; done-by-hand: it was done elsewhere',
        ).choices(DECISIONS),
      )
      .option('--reason <reason>', 'why; skip and done-by-hand need one')
      .option('--again', 'although it was decided before: that decision has not arrived'),
  ).action((id: string, decision: DecisionKind, options: DecideOptions) =>
    decide(cliContext, id, decision, options),
  );
}

/**
 * Tells a stuck saga what to do. The decision is recorded first, behind the last known one: if two people decide at once, one of
 * them is refused. So no decision can answer a question that its author has not seen. Where the question needs two people, this
 * is a request that another one approves.
 */
async function decide(
  cliContext: CliContext,
  workflowId: string,
  decision: DecisionKind,
  { reason, again = false, output }: DecideOptions,
): Promise<void> {
  if (decision !== 'retry' && !reason?.trim()) {
    throw new CliError('usage', `${decision} needs a --reason, for whoever asks later`, EXIT.usage);
  }
  const { saga } = await existingSaga(cliContext, workflowId);
  const { question, past } = await pendingQuestion(cliContext, saga, { decision, again });
  const wanted = { decision, reason, runId: saga.runId, what: question.what, since: question.since };
  if (question.fourEyes && decision !== 'retry')
    return requestApproval(cliContext, workflowId, { ...wanted, again }, output);
  const about = { action: 'sagas.decide', target: workflowId, details: wanted };
  const recorded = await cliContext.auditing.change(about, (by) =>
    makeDecision(cliContext, saga, past, { ...wanted, ...by }),
  );
  await tellNewState(cliContext, saga, recorded, output);
}
