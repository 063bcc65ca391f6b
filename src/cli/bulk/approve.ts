import type { Command } from 'commander';
import { approveBulk } from '../../operator';
import type { CliContext } from '../context';
import type { Output } from '../options';
import { sequenceNumber, withOutput } from '../options';
import { follow } from './perform';

export function addApprove(bulk: Command, cliContext: CliContext): void {
  withOutput(
    bulk
      .command('approve')
      .description('starts a bulk that another person has requested, and that needs two')
      .argument('<request>', 'its number, which "bulk requests" lists', sequenceNumber),
  ).action(async (sequence: number, { output }: Output) => {
    const { plan, run } = await approveBulk(cliContext, sequence);
    await follow(cliContext, plan, run, output);
  });
}
