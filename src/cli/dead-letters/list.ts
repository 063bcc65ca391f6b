import type { Command } from 'commander';
import { Option } from 'commander';
import type { DeadLetterPage } from '../../dead-letters';
import { listDeadLetters } from '../../dead-letters';
import type { Output } from '../options';
import { sequenceNumber, withOutput } from '../options';
import { table } from '../table';
import type { CliContext } from '../context';
import type { Filter } from './filter';
import { PAGE, withFilter } from './filter';

interface ListOptions extends Output, Filter {
  readonly all?: true;
  readonly order: 'newest' | 'oldest';
  readonly cursor?: number;
}

export function addList(deadLetters: Command, cliContext: CliContext): void {
  withOutput(withFilter(deadLetters.command('list').description('open dead letters, the newest first'), PAGE))
    .option('--all', 'also those that were redriven or discarded')
    .addOption(
      new Option('--order <order>', 'which come first').choices(['newest', 'oldest']).default('newest'),
    )
    .option('--cursor <sequence>', 'goes on where the page before has ended', sequenceNumber)
    .action(async (options: ListOptions) => {
      showPage(cliContext, await listDeadLetters(await cliContext.deadLetters(), options), options);
    });
}

const MAX_CELL = 80;

function showPage({ terminal }: CliContext, { items, next }: DeadLetterPage, { output }: ListOptions): void {
  if (output === 'json') {
    terminal.out(JSON.stringify({ deadLetters: items, next: next ?? null }));
    return;
  }
  const rows = items.map(({ sequence, deadLetteredAt, state, reason, context, key, detail }) => [
    String(sequence),
    deadLetteredAt,
    state,
    reason,
    context,
    key,
    detail.slice(0, MAX_CELL),
  ]);
  terminal.out(
    items.length === 0
      ? 'none'
      : table(['dead-letter', 'dead-lettered', 'state', 'reason', 'context', 'key', 'detail'], rows),
  );
  if (next !== undefined) terminal.out(`\nmore: --cursor ${next}`);
}
