import type { Command } from 'commander';
import type { LoadedApp } from '../../runtime/app';
import type * as running from '../../runtime/run';

export function addRun(program: Command, app: () => LoadedApp): void {
  program
    .command('run')
    .description(
      'runs one process until it is told to stop: gateway, bridge, subscriber, relay, worker:<pool>',
    )
    .argument('<role>', 'which one')
    .action((role: string) => roles().runRole(app(), role));
}

/** Loaded when it is wanted: it brings the native core of Temporal's SDK along. */
function roles(): typeof running {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an `import()` would not be tsx's, whose hook is for CommonJS
  return require('../../runtime/run') as typeof running;
}
