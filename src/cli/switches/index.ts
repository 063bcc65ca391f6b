/** `sagaline switches`: pauses of routes, pools and providers. One file for each verb. */
import type { Command } from 'commander';
import type { CliContext } from '../context';
import { addList } from './list';
import { addPause, addResume } from './change';

export function addSwitches(program: Command, cliContext: CliContext): void {
  const switches = program
    .command('switches')
    .description('pauses a route, a pool or a provider: its work waits in order: docs/switches.md');
  addList(switches, cliContext);
  addPause(switches, cliContext);
  addResume(switches, cliContext);
}
