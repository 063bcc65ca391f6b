import type { Command } from 'commander';
import type { CliContext } from '../context';
import { theRoles } from '../lazy';

export function addRun(program: Command, cliContext: CliContext): void {
  program
    .command('run')
    .description(
      'runs one process until it is told to stop: gateway, bridge, subscriber, relay, console, codec-server, worker:<pool>',
    )
    .argument('<role>', 'which one')
    .action((role: string) => theRoles().runRole(cliContext.project(), role));
}
