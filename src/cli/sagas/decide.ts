import type { Command } from 'commander';
import { Argument } from 'commander';
import { oneLine } from '../../contracts';
import type { DecisionKind, DecisionMade } from '../../operator';
import { decide, DECISIONS } from '../../operator';
import { CliError, EXIT } from '../exit';
import type { Output } from '../options';
import { withOutput } from '../options';
import type { CliContext } from '../context';
import { workflowIdArgument } from './find';
import { tellNewState } from './new-state';

type Requested = Extract<DecisionMade, { kind: 'requested' }>;

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
    tellDecision(cliContext, id, decision, options),
  );
}

async function tellDecision(
  cliContext: CliContext,
  workflowId: string,
  decision: DecisionKind,
  { reason, again, output }: DecideOptions,
): Promise<void> {
  if (decision !== 'retry' && !reason?.trim()) {
    throw new CliError('usage', `${decision} needs a --reason, for whoever asks later`, EXIT.usage);
  }
  const made = await decide(cliContext, workflowId, { decision, reason, again });
  if (made.kind === 'decided') await tellNewState(cliContext, made.saga, made.decided, output);
  else tellRequest(cliContext, workflowId, made, output);
}

/** Nothing is decided yet: the exit code says so. */
function tellRequest(
  cliContext: CliContext,
  workflowId: string,
  { request, by, wanted }: Requested,
  output: Output['output'],
): void {
  cliContext.terminal.out(
    output === 'json'
      ? JSON.stringify({ workflowId, request, by, ...wanted })
      : oneLine(
          `${wanted.decision} needs a second person, within a day: npx sagaline sagas approve ${request}`,
        ),
  );
  cliContext.exitWith(EXIT.stillOpen);
}
