/** `sagaline recover`: lets the three stores agree after they were restored from backups of different moments. */
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { Output } from '../options';
import { duration, moment, withOutput } from '../options';
import type { CliContext } from '../context';
import { readyToRecover } from './ready';
import type { Recovery } from './stores';
import { planOf, recoverStores } from './stores';

interface RecoverOptions extends Output {
  readonly database: Date;
  readonly streams: Date;
  readonly workflows: Date;
  readonly margin: number;
  readonly behind: number;
  readonly why: string;
  readonly dryRun?: true;
}

/** Clocks of several machines differ by less. */
const MARGIN_MS = 60_000;
/** A bridge is seldom further behind. More costs only repeats, which workflows and handlers drop. */
const BEHIND_MS = 60 * 60_000;

export function addRecover(program: Command, cliContext: CliContext): void {
  const command = program
    .command('recover')
    .description(
      'after a restore, before the processes start: what one store has lost is done again: docs/backup.md',
    )
    .requiredOption('--database <moment>', 'when the backup of PostgreSQL was begun', pastMoment)
    .requiredOption('--streams <moment>', 'when the backup of the stream EVENTS was begun', pastMoment)
    .requiredOption('--workflows <moment>', 'when the backup of Temporal was begun', pastMoment)
    .requiredOption('--why <reason>', 'for the record')
    .option('--margin <time>', 'goes further back than each moment', duration, MARGIN_MS)
    .option(
      '--behind <time>',
      'how far the slowest bridge or subscription was behind at the backups; longer if a route was paused',
      duration,
      BEHIND_MS,
    )
    .option('--dry-run', 'tells what would be done, and changes nothing');
  withOutput(command).action((options: RecoverOptions) => recover(cliContext, options));
}

async function recover(cliContext: CliContext, options: RecoverOptions): Promise<void> {
  const { terminal, auditing } = cliContext;
  const { output, why, dryRun = false, ...moments } = options;
  const plan = planOf(moments);
  const stores = await readyToRecover(cliContext);
  try {
    const act = () => recoverStores(stores, { plan, reason: why, dryRun });
    const details = {
      ...{ why, events: plan.eventsSince.toISOString(), outbox: plan.outboxSince.toISOString() },
      workflows: plan.workflowsSince?.toISOString(),
    };
    const recovery = dryRun
      ? await act()
      : await auditing.change({ action: 'recover', target: 'stores', details }, act);
    terminal.out(output === 'json' ? JSON.stringify({ dryRun, ...recovery }) : inWords(recovery, dryRun));
  } finally {
    await stores.close();
  }
}

function inWords({ events, lanes, outbox, workflows }: Recovery, dryRun: boolean): string {
  const count = Math.max(0, events.last - events.first + 1);
  return [
    ...(dryRun ? ['nothing is changed; what would be done:'] : []),
    `${workflows.workflows} workflows start again from their beginning; ${workflows.batchers} batchers are terminated`,
    ...workflows.earlierRuns.map(
      ({ workflowId, runId }) =>
        `  an earlier run of ${workflowId} cannot start again, ${runId}: compare its effects yourself`,
    ),
    `${count} events are delivered again: ${events.consumers} consumers are set back`,
    ...(lanes > 0 ? [`${lanes} lanes of batch subscriptions go back to the end of the stream`] : []),
    `${outbox} rows of the outbox are published again`,
    ...(dryRun ? [] : ['now start all processes, then: npx sagaline reconcile']),
  ].join('\n');
}

function pastMoment(text: string): Date {
  const at = moment(text);
  if (/^\d{4}-/.test(text) && !/(?:Z|[+-]\d\d:?\d\d)$/i.test(text))
    throw new InvalidArgumentError('It has no time zone: write 2026-01-31T12:00:00Z for UTC.');
  if (at.getTime() <= Date.now()) return at;
  throw new InvalidArgumentError('It is in the future: it must be when the backup was begun.');
}
