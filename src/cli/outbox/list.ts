import type { Command } from 'commander';
import { oneLine } from '../../contracts';
import { listOutbox } from '../../relay';
import type { Output } from '../options';
import { sequenceNumber, wholeNumber, withOutput } from '../options';
import { table } from '../table';
import type { CliContext } from '../context';

const PAGE = 20;
const LARGEST_PAGE = 1_000;

interface ListOptions extends Output {
  readonly all?: boolean;
  readonly limit: number;
  readonly cursor?: number;
}

export function addList(outbox: Command, cliContext: CliContext): void {
  withOutput(outbox.command('list').description('rows that are set aside, or have failed and wait'))
    .option('--all', 'also rows that wait without a failure')
    .option('--limit <number>', 'so many at most', wholeNumber(1, LARGEST_PAGE), PAGE)
    .option('--cursor <row>', 'goes on where the page before has ended', sequenceNumber)
    .action(async ({ output, all = false, limit, cursor = 0 }: ListOptions) => {
      const { items, next } = await listOutbox(cliContext.database(), { after: cursor, limit, all });
      if (output === 'json') {
        cliContext.terminal.out(JSON.stringify({ rows: items, next: next ?? null }));
        return;
      }
      const rows = items.map(({ id, createdAt, state, subject, failure }) =>
        [String(id), createdAt.toISOString(), state, subject, failure ?? ''].map(oneLine),
      );
      cliContext.terminal.out(
        items.length === 0
          ? 'the outbox has no such row'
          : table(['row', 'written', 'state', 'subject', 'failure'], rows),
      );
      if (next !== undefined) cliContext.terminal.out(`\nmore: --cursor ${next}`);
    });
}
