import type { Command } from 'commander';
import { Argument, Option } from 'commander';
import type { Saga } from '../../adapters/temporal';
import { findSaga, updateSaga } from '../../adapters/temporal';
import { DECIDE, oneLine } from '../../contracts';
import { CliError, EXIT } from '../exit';
import { linkTo } from '../link';
import type { Output } from '../options';
import { withOutput } from '../options';
import type { CliContext } from '../context';
import { existingSaga, workflowIdArgument } from './find';
import type { DecisionKind, Question } from './question';
import { DECISIONS, waitsForPerson, whatIsAsked } from './question';
import type { Decided } from './record';
import { decisionsOn, recordDecision } from './record';

interface DecideOptions extends Output {
  readonly reason?: string;
  readonly by: string;
  readonly again?: true;
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
      .addOption(new Option('--by <name>', 'who decides').default(cliContext.user))
      .option('--again', 'although it was decided before: that decision has not arrived'),
  ).action((id: string, decision: DecisionKind, options: DecideOptions) =>
    decide(cliContext, id, decision, options),
  );
}

/**
 * Tells a stuck saga what to do. The decision is recorded first, behind the last known one: if two people decide at once, one of
 * them is refused. So no decision can answer a question that its author has not seen.
 */
async function decide(
  cliContext: CliContext,
  workflowId: string,
  kind: DecisionKind,
  options: DecideOptions,
): Promise<void> {
  const { reason, by } = options;
  if (kind !== 'retry' && !reason?.trim()) {
    throw new CliError('usage', `${kind} needs a --reason, for whoever asks later`, EXIT.usage);
  }
  const { saga } = await existingSaga(cliContext, workflowId);
  const question = await questionToDecide(cliContext, saga, kind);
  const { operations, append, clock } = await cliContext.deadLetters();
  const past = await decisionsOn(workflowId, operations);
  refuseSecond(past.decisions.at(-1), saga, question, options);

  const recorded = await recordDecision(append, workflowId, past, {
    decision: kind,
    ...(reason !== undefined && { reason }),
    by,
    at: clock().toISOString(),
    runId: saga.runId,
    what: question.what,
    since: question.since,
  });
  if (!recorded) {
    throw new CliError('conflict', `somebody else is deciding about ${workflowId} at this moment`);
  }
  await deliver(cliContext, saga, recorded);
  await tellNewState(cliContext, saga, recorded, options);
}

/**
 * Delivers the decision. The saga rejects an answer to a question that it has not asked; the name of the author goes into its
 * history.
 */
async function deliver(cliContext: CliContext, saga: Saga, recorded: Decided): Promise<void> {
  const { decision: kind, reason, by, what: about } = recorded;
  const payload = { kind, ...(reason !== undefined && { reason }), about, by };
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

async function questionToDecide(cliContext: CliContext, saga: Saga, kind: DecisionKind): Promise<Question> {
  const { workflowId, state, status } = saga;
  if (status !== 'RUNNING') {
    throw new CliError('not-stuck', `${workflowId} has ended: ${[status.toLowerCase(), state].join(', ')}`);
  }
  const asked = await whatIsAsked(cliContext, saga);
  switch (asked.kind) {
    case 'unknown':
      throw new CliError('no-answer', `nobody can say what ${workflowId} asks: ${asked.why}`);
    case 'asks-nothing':
      if (!waitsForPerson(cliContext, saga)) {
        throw new CliError('not-stuck', `${workflowId} is ${state}, and asks nobody`);
      }
      throw new CliError('not-possible', `no decision helps ${workflowId}: ${asked.words}`, EXIT.failed, {
        decisions: [],
      });
    case 'asks': {
      const { decisions, what, message } = asked.question;
      if (decisions.includes(kind)) return asked.question;
      throw new CliError(
        'not-possible',
        `${kind} does not answer "${what}: ${message}"; possible is ${decisions.join(', ')}`,
        EXIT.failed,
        { decisions },
      );
    }
  }
}

/**
 * Refuses a second decision on the same question. If the first one was recorded but not delivered, you repeat it with `--again`.
 */
function refuseSecond(
  latest: Decided | undefined,
  { workflowId, runId }: Saga,
  { since }: Question,
  { again }: DecideOptions,
): void {
  if (again || latest?.runId !== runId || latest.since !== since) return;
  const { decision, by, at } = latest;
  throw new CliError(
    'decided-already',
    `${by} has decided this at ${at}: ${decision}. If ${workflowId} does not take it, decide with --again`,
  );
}

/**
 * Prints the saga's new state. The state is up to date, because the saga applies the decision in the same step in which it
 * answers.
 */
async function tellNewState(
  cliContext: CliContext,
  before: Saga,
  operation: Decided,
  { output }: Output,
): Promise<void> {
  const { terminal } = cliContext;
  const now = (await findSaga(await cliContext.temporal(), before.workflowId))?.saga ?? before;
  const { workflowId, state, status, runId } = now;
  const link = linkTo(cliContext.config(), workflowId, runId);
  const { decision, by } = operation;
  terminal.out(
    output === 'json'
      ? JSON.stringify({ workflowId, runId, operation, state, status, link })
      : `${oneLine(`${workflowId} has taken it (${decision}, by ${by}), and is ${state} now`)}\n  ${link}`,
  );
}
