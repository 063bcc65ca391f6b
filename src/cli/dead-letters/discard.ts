import type { Command } from 'commander';
import { discardOnRecord } from '../../operator/dead-letters/actions';
import type { Output } from '../options';
import { sequenceNumber, withOutput } from '../options';
import type { CliContext } from '../context';
import { showOperation } from './operation';

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
    const operation = await discardOnRecord(cliContext, sequence, options.why);
    showOperation(cliContext, sequence, operation, options);
  });
}
