import type { Command } from 'commander';
import type { RowDecision } from '../../relay';
import { decideOutboxRow } from '../../relay';
import type { Output } from '../options';
import { sequenceNumber, withOutput } from '../options';
import type { CliContext } from '../context';
import { inLines, refusal } from './row';

interface DecideOptions extends Output {
  readonly why?: string;
}

export function addDecisions(outbox: Command, cliContext: CliContext): void {
  const decide = (kind: RowDecision['kind'], description: string) =>
    withOutput(outbox.command(kind).description(description).argument('<row>', 'its number', sequenceNumber));
  const decided = (kind: RowDecision['kind']) => async (id: number, options: DecideOptions) => {
    const { why, output } = options;
    const about = { action: `outbox.${kind}`, target: `outbox ${id}`, details: { why } };
    const row = await cliContext.auditing.change(about, ({ by }) =>
      decideOutboxRow(cliContext.database(), id, { kind, by, why }).catch(refusal),
    );
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
