import type { Command } from 'commander';
import { approve } from '../../operator';
import type { Output } from '../options';
import { sequenceNumber, withOutput } from '../options';
import type { CliContext } from '../context';
import { tellNewState } from './new-state';

export function addApprove(sagas: Command, cliContext: CliContext): void {
  withOutput(
    sagas
      .command('approve')
      .description('makes a decision that another person has requested, and that needs two')
      .argument('<request>', 'its number, which "sagas decide" has printed', sequenceNumber),
  ).action(async (sequence: number, { output }: Output) => {
    const { saga, decided } = await approve(cliContext, sequence);
    await tellNewState(cliContext, saga, decided, output);
  });
}
