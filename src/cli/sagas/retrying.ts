import type { Command } from 'commander';
import type { Look, Struggle } from '../../adapters/temporal';
import { failingWorkflowTask, lookForStruggles, retryingSteps } from '../../adapters/temporal';
import { linkTo } from '../../operator/link';
import type { Output } from '../options';
import { duration, wholeNumber, withOutput } from '../options';
import { table } from '../table';
import type { CliContext } from '../context';
import { MAX_CELL, PAGE, pageSize } from './list';

interface RetryingOptions extends Output {
  /** Milliseconds. */
  readonly for: number;
  readonly limit: number;
  /** Largest number of open workflows to examine. */
  readonly lookAt: number;
  readonly query?: string;
}

/** Reasons for which an open workflow may not go on; add further ones here. */
const FINDERS = [retryingSteps, failingWorkflowTask];
const MINUTE_MS = 60_000;
/** Default number of workflows; each takes a call to Temporal. */
const USUAL_LOOKS = 5_000;
const MOST_LOOKS = 1_000_000;

export function addRetrying(sagas: Command, cliContext: CliContext): void {
  withOutput(
    sagas
      .command('retrying')
      .description(
        'steps that have failed for longer than a time and are tried again, in whatever state; the oldest first',
      )
      .option('--for <time>', 'failing for longer than this: 90s, 10m, 2h', duration, MINUTE_MS)
      .option('--limit <number>', 'show so many at most', pageSize, PAGE)
      .option(
        '--look-at <number>',
        'look at so many open workflows at most, the youngest first: each costs Temporal one call',
        wholeNumber(1, MOST_LOOKS),
        USUAL_LOOKS,
      )
      .option('--query <filter>', 'look only at those, in Temporal’s list filter: \'WorkflowType = "…"\''),
  ).action((options: RetryingOptions) => listRetrying(cliContext, options));
}

/** Lists failures that have lasted longer than a given time, in any state of their workflow; the longest first. */
async function listRetrying(cliContext: CliContext, options: RetryingOptions): Promise<void> {
  const { for: longerThan, limit, lookAt, query, output } = options;
  const look = await lookForStruggles(await cliContext.temporal(), FINDERS, { atMost: lookAt, query });
  const before = Date.now() - longerThan;
  const struggles = look.struggles
    .filter(({ since }) => since.getTime() <= before)
    .sort((one, other) => one.since.getTime() - other.since.getTime());
  cliContext.terminal.out(
    output === 'json'
      ? JSON.stringify(asJson(cliContext, look, struggles, limit))
      : asText(cliContext, look, struggles, limit),
  );
}

function asJson(cliContext: CliContext, look: Look, struggles: readonly Struggle[], limit: number): object {
  return {
    retrying: struggles.slice(0, limit).map(({ saga, since, nextRetry, triedUntil, ...step }) => ({
      workflowId: saga.workflowId,
      runId: saga.runId,
      workflow: saga.workflow,
      key: saga.key,
      state: saga.state,
      ...step,
      since: since.toISOString(),
      ...(nextRetry && { nextRetry: nextRetry.toISOString() }),
      ...(triedUntil && { triedUntil: triedUntil.toISOString() }),
      link: linkTo(cliContext.config(), saga.workflowId, saga.runId),
    })),
    causes: causesOf(struggles),
    found: struggles.length,
    lookedAt: look.lookedAt,
    more: look.more,
  };
}

function asText(cliContext: CliContext, look: Look, struggles: readonly Struggle[], limit: number): string {
  const lookedAt = `${look.lookedAt} open workflows looked at${look.more ? '; there are more: --look-at' : ''}`;
  if (struggles.length === 0) return `none\n\n${lookedAt}`;
  const rows = struggles
    .slice(0, limit)
    .map(({ saga, step, attempts, since, nextRetry, lastFailure }) => [
      saga.workflowId,
      saga.state,
      step,
      String(attempts),
      since.toISOString(),
      nextRetry?.toISOString() ?? 'under way',
      lastFailure.slice(0, MAX_CELL),
      linkTo(cliContext.config(), saga.workflowId, saga.runId),
    ]);
  const causes = causesOf(struggles).map(({ step, lastFailure, count }) => [
    String(count),
    step,
    lastFailure.slice(0, MAX_CELL),
  ]);
  return [
    table(['workflow', 'state', 'step', 'attempts', 'since', 'next', 'last failure', 'Temporal UI'], rows),
    ...(struggles.length > limit ? [`${struggles.length} in all: --limit`] : []),
    '',
    table(['count', 'step', 'last failure'], causes),
    '',
    lookedAt,
  ].join('\n');
}

/** Groups by cause, the most frequent first: the same step with the same last failure is one cause. */
function causesOf(struggles: readonly Struggle[]) {
  const causes = new Map<string, { step: string; lastFailure: string; count: number }>();
  for (const { step, lastFailure } of struggles) {
    const name = `${step}\n${lastFailure}`;
    const cause = causes.get(name) ?? { step, lastFailure, count: 0 };
    causes.set(name, { ...cause, count: cause.count + 1 });
  }
  return [...causes.values()].sort((one, other) => other.count - one.count);
}
