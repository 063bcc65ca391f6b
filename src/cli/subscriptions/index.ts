/** `sagaline subscriptions`: the subscribers that get events besides the processes. One file for each verb. */
import type { Command } from 'commander';
import type { CliContext } from '../context';
import { addList } from './list';
import { addRebuild } from './rebuild';

export function addSubscriptions(program: Command, cliContext: CliContext): void {
  const subscriptions = program
    .command('subscriptions')
    .description('who gets events beside the processes: docs/subscriptions.md');
  addList(subscriptions, cliContext);
  addRebuild(subscriptions, cliContext);
}
