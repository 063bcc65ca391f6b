import type { Command } from 'commander';
import { Option } from 'commander';
import { oneLine } from '../contracts';
import type { OutboxEntry, RowDecision } from '../relay';
import { decideOutboxRow, listOutbox, OutboxRowError, showOutboxRow } from '../relay';
import { CliError } from './exit';
import type { Output } from './options';
import { sequenceNumber, wholeNumber, withOutput } from './options';
import { payloadOf, payloadText } from './payload';
import { table } from './table';
import type { CliContext } from './context';

const PAGE = 20;
const LARGEST_PAGE = 1_000;

interface ListOptions extends Output {
  readonly all?: boolean;
  readonly limit: number;
  readonly cursor?: number;
}

interface DecideOptions extends Output {
  readonly by: string;
  readonly why?: string;
}

export function addOutbox(program: Command, cliContext: CliContext): void {
  const outbox = program
    .command('outbox')
    .description(
      'events and dead letters of steps that the stream has not taken: docs/operating.md#the-outbox',
    );

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

  withOutput(
    outbox
      .command('show')
      .description('one row with its event')
      .argument('<row>', 'its number', sequenceNumber),
  ).action(async (id: number, { output }: Output) => {
    const { body, ...row } = await showOutboxRow(cliContext.database(), id).catch(refusal);
    const payload = payloadOf(body);
    if (output === 'json') cliContext.terminal.out(JSON.stringify({ ...row, payload }));
    else cliContext.terminal.out(`${inLines(row)}\n\n${payloadText(payload)}`);
  });

  const decide = (kind: RowDecision['kind'], description: string) =>
    withOutput(
      outbox.command(kind).description(description).argument('<row>', 'its number', sequenceNumber),
    ).addOption(new Option('--by <name>', 'who does it').default(cliContext.user));
  const decided = (kind: RowDecision['kind']) => async (id: number, options: DecideOptions) => {
    const { by, why, output } = options;
    const row = await decideOutboxRow(cliContext.database(), id, { kind, by, why }).catch(refusal);
    cliContext.terminal.out(output === 'json' ? JSON.stringify(row) : inLines(row));
  };
  decide(
    'redrive',
    'hands a row that is set aside back to the relay, which publishes it under its own identity',
  )
    .option('--why <reason>', 'for the record')
    .action(decided('redrive'));
  decide('discard', 'records that a row that is set aside is not to be published')
    .requiredOption('--why <reason>', 'why nothing is to be done')
    .action(decided('discard'));
}

const NAME_WIDTH = 12;

function inLines(row: OutboxEntry): string {
  return Object.entries(row)
    .map(([name, value]) => {
      const text = value instanceof Date ? value.toISOString() : String(value);
      return `${name.padEnd(NAME_WIDTH)} ${oneLine(text)}`;
    })
    .join('\n');
}

function refusal(error: unknown): never {
  if (error instanceof OutboxRowError) throw new CliError(error.code, error.message);
  throw error;
}
