import type { Command } from 'commander';
import { oneLine } from '../../contracts';
import type { Asked, Question, SagaFile } from '../../operator';
import { moneyText, sagaFile, timelineEntryOf } from '../../operator';
import type { Output } from '../options';
import { withOutput } from '../options';
import type { CliContext } from '../context';
import { workflowIdArgument } from './find';

export function addShow(sagas: Command, cliContext: CliContext): void {
  withOutput(
    sagas
      .command('show')
      .description('where one process stands: what it waits for, what it has done and compensated')
      .argument('<id>', 'of the workflow: <process>-<key>', workflowIdArgument),
  ).action((id: string, options: Output) => showSaga(cliContext, id, options));
}

/** Shows the state of a saga, what it waits for, its steps and compensations, and how to decide. */
async function showSaga(cliContext: CliContext, id: string, { output }: Output): Promise<void> {
  const file = await sagaFile(cliContext, id);
  await cliContext.auditing.read({ action: 'sagas.show', target: id });
  cliContext.terminal.out(
    output === 'json' ? JSON.stringify(asJson(file)) : asText(file).map(oneLine).join('\n'),
  );
}

function asJson({ saga, pending, asked, steps, omitted, decisions, link }: SagaFile): object {
  const { startedAt, closedAt, ...facts } = saga;
  return {
    ...facts,
    startedAt: startedAt.toISOString(),
    ...(closedAt && { closedAt: closedAt.toISOString() }),
    asks: asked.kind === 'asks' ? asked.question : null,
    ...(asked.kind === 'unknown' && { unknown: asked.why }),
    ...(asked.kind === 'asks-nothing' && asked.words !== '' && { words: asked.words }),
    pending,
    steps: steps.map(({ at, ...step }) => ({ at: at.toISOString(), ...step })),
    omitted,
    decisions,
    link,
  };
}

function asText({ saga, pending, asked, steps, omitted, decisions, link }: SagaFile): string[] {
  const { workflowId, state, status, key, occurrence, startedAt } = saga;
  return [
    `${workflowId}  ${state === '' ? status.toLowerCase() : state}`,
    `  ${link}`,
    '',
    ...(key === '' ? [] : [`key      ${key}`]),
    ...(occurrence === undefined ? [] : [`occurs   ${occurrence}`]),
    `started  ${startedAt.toISOString()}`,
    `status   ${status.toLowerCase()}`,
    ...inWords(asked, workflowId),
    ...pending.map(
      ({ activity, attempt, lastFailure }) =>
        `waits    for ${activity}, attempt ${attempt}${lastFailure === undefined ? '' : `: ${lastFailure}`}`,
    ),
    ...decisions.map(
      ({ decision, by, at, what, reason }) =>
        `decided  ${decision} by ${by} at ${at}, about ${what}${reason === undefined ? '' : `: ${reason}`}`,
    ),
    '',
    ...(omitted > 0 ? [`(${omitted} older lines are left out)`] : []),
    ...steps.map((step) => {
      const { at, text } = timelineEntryOf(workflowId, saga.runId, step, '');
      return `${at}  ${text}`;
    }),
  ];
}

function inWords(asked: Asked, workflowId: string): string[] {
  switch (asked.kind) {
    case 'asks-nothing':
      return ['asks     nobody', ...inLines('says', asked.words)];
    case 'unknown':
      return [`asks     ?  ${asked.why}`];
    case 'asks':
      return questionInWords(asked.question, workflowId);
  }
}

/** Indents each line of a text, so that no line can be mistaken for one of the command's own. */
function inLines(name: string, text: string): string[] {
  if (text === '') return [];
  return text.split('\n').map((line, at) => `${(at === 0 ? name : '').padEnd(9)}${line}`);
}

function questionInWords({ what, message, since, decisions, value }: Question, workflowId: string): string[] {
  return [
    `asks     since ${since}`,
    ...inLines('', `${what}: ${message}`),
    ...(value ? [`at risk  ${moneyText(value)}`] : []),
    ...decisions.map((kind) => {
      const reason = kind === 'retry' ? '' : ' --reason "…"';
      return `decide   npx sagaline sagas decide ${workflowId} ${kind}${reason}`;
    }),
  ];
}
