import type { Command } from 'commander';
import { discardDeadLetter } from '../../dead-letters';
import type { Output } from '../options';
import { sequenceNumber, withOutput } from '../options';
import type { CliContext } from '../context';
import { byOption, showOperation } from './operation';

interface DiscardOptions extends Output {
  readonly by: string;
  readonly why: string;
}

export function addDiscard(deadLetters: Command, cliContext: CliContext): void {
  withOutput(
    deadLetters
      .command('discard')
      .description('records that nothing is to be done with it; it stays in its stream')
      .argument('<sequence>', 'its number in the list', sequenceNumber)
      .requiredOption('--why <reason>', 'why nothing is to be done')
      .addOption(byOption(cliContext)),
  ).action(async (sequence: number, options: DiscardOptions) => {
    const { by, why } = options;
    const operation = await discardDeadLetter(await cliContext.deadLetters(), sequence, { by, why });
    showOperation(cliContext, sequence, operation, options);
  });
}
