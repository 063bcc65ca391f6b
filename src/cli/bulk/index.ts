/** `sagaline bulk`: one action on many, as on the console. One file for each kind of verb. */
import type { Command } from 'commander';
import type { CliContext } from '../context';
import { addApprove } from './approve';
import { addDeadLetterBulks } from './dead-letters';
import { addDecide } from './decide';
import { addRequests } from './requests';

export function addBulk(program: Command, cliContext: CliContext): void {
  const bulk = program
    .command('bulk')
    .description('one decision about many processes, or one action on many dead letters: docs/console.md');
  addDecide(bulk, cliContext);
  addDeadLetterBulks(bulk, cliContext);
  addRequests(bulk, cliContext);
  addApprove(bulk, cliContext);
}
