import type { Command } from 'commander';
import { oneLine } from '../../contracts';
import type { BulkPlan, BulkWanted, RunningBulk } from '../../operator';
import { moneyText, planBulk, requestBulk, runBulk, whyTwoPeople } from '../../operator';
import type { CliContext } from '../context';
import { CliError, EXIT } from '../exit';
import type { Output } from '../options';
import { wholeNumber, withOutput } from '../options';

export interface BulkOptions extends Output {
  readonly why?: string;
  readonly perSecond: number;
  readonly dryRun?: true;
}

const PER_SECOND = 5;
const MOST_PER_SECOND = 20;
/** Items that a dry run names for people. */
const NAMED = 5;

export function withBulk(command: Command): Command {
  return withOutput(
    command
      .option('--why <reason>', 'for whoever asks later; needed unless it is a dry run')
      .option('--per-second <number>', 'items each second', wholeNumber(1, MOST_PER_SECOND), PER_SECOND)
      .option('--dry-run', 'only says what would be done'),
  );
}

/** @throws CliError `usage` if it is not a dry run and has no reason */
export function demandReason({ why, dryRun }: Pick<BulkOptions, 'why' | 'dryRun'>): void {
  if (!dryRun && !why?.trim())
    throw new CliError('usage', 'say why: --why <reason>, or only look: --dry-run', EXIT.usage);
}

/** The dry run, the request for a second person, or the bulk itself. */
export async function perform(
  cliContext: CliContext,
  wanted: BulkWanted,
  { why = '', perSecond, dryRun, output }: BulkOptions,
): Promise<void> {
  demandReason({ why, ...(dryRun && { dryRun }) });
  const plan = await planBulk(cliContext, wanted);
  const two = whyTwoPeople(plan, cliContext.config());
  if (dryRun) {
    tellPlan(cliContext, plan, two, output);
    return;
  }
  // Refused before anything is told of a beginning.
  await cliContext.auditing.operator();
  const given = { reason: why.trim(), perSecond };
  if (two === undefined) return follow(cliContext, plan, runBulk(cliContext, plan, given), output);
  const { request, by } = await requestBulk(cliContext, plan, given);
  cliContext.terminal.out(
    output === 'json'
      ? JSON.stringify({ ...inShort(plan), request, by, needs: two })
      : oneLine(`${two}: another person approves it within a day: npx sagaline bulk approve ${request}`),
  );
  cliContext.exitWith(EXIT.stillOpen);
}

/** Prints what has become of a bulk. Ctrl-C stops it between two items, and cancels it before the first. */
export async function follow(
  cliContext: CliContext,
  plan: BulkPlan,
  run: RunningBulk,
  output: Output['output'],
): Promise<void> {
  const { terminal } = cliContext;
  const interrupted = () => run.stop('interrupted');
  terminal.interrupted.addEventListener('abort', interrupted, { once: true });
  if (terminal.interrupted.aborted) interrupted();
  const { beginsAt } = run.progress();
  if (beginsAt !== undefined && output === 'text')
    terminal.out(oneLine(`${plan.title}: begins at ${beginsAt}; Ctrl-C before that cancels it`));
  await run.ended;
  terminal.interrupted.removeEventListener('abort', interrupted);
  const progress = run.progress();
  const { state, total, done, requested, failed, failures, why } = progress;
  if (output === 'json') terminal.out(JSON.stringify({ ...inShort(plan), ...progress }));
  else {
    for (const failure of failures) terminal.out(oneLine(failure));
    const because = why === undefined ? '' : ` (${why})`;
    terminal.out(
      oneLine(
        `${state}${because}: ${done} of ${total} done, ${requested} wait for a second person, ${failed} failed`,
      ),
    );
  }
  if (requested > 0) cliContext.exitWith(EXIT.stillOpen);
  else if (state !== 'ended' || failed > 0) cliContext.exitWith(EXIT.failed);
}

function tellPlan(
  { terminal }: CliContext,
  plan: BulkPlan,
  two: string | undefined,
  output: Output['output'],
): void {
  const { title, items, value, more } = plan;
  if (output === 'json') {
    const targets = items.map(({ target }) => target);
    const needs = two === undefined ? {} : { needs: two };
    terminal.out(JSON.stringify({ dryRun: true, ...inShort(plan), targets, value, more, ...needs }));
    return;
  }
  const lines = [
    title,
    ...items.slice(0, NAMED).map(({ target }) => `  ${target}`),
    ...(items.length > NAMED ? [`  and ${items.length - NAMED} more`] : []),
    ...(value.length > 0 ? [`money at risk: ${value.map(moneyText).join(' + ')}`] : []),
    ...(more ? ['there are more than one bulk takes: plan another one afterwards'] : []),
    ...(two === undefined ? [] : [two]),
  ];
  terminal.out(lines.map(oneLine).join('\n'));
}

function inShort({ action, title, items }: BulkPlan): object {
  return { action, title, items: items.length };
}
