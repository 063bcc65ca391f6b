import type { Command } from 'commander';
import { discardDeadLetter } from '../../dead-letters';
import type { Output } from '../options';
import { sequenceNumber, withOutput } from '../options';
import type { CliContext } from '../context';
import { showOperation, targetOf } from './operation';

interface DiscardOptions extends Output {
  readonly why: string;
}

export function addDiscard(deadLetters: Command, cliContext: CliContext): void {
  withOutput(
    deadLetters
      .command('discard')
      .description('records that nothing is to be done with it; it stays in its stream')
      .argument('<sequence>', 'its number in the list', sequenceNumber)
      .requiredOption('--why <reason>', 'why nothing is to be done'),
  ).action(async (sequence: number, options: DiscardOptions) => {
    const { why } = options;
    const parts = await cliContext.deadLetters();
    const about = { action: 'dead-letters.discard', target: targetOf(sequence), details: { why } };
    const operation = await cliContext.auditing.change(about, (recorded) =>
      discardDeadLetter(parts, sequence, { ...recorded, why }),
    );
    showOperation(cliContext, sequence, operation, options);
  });
}
