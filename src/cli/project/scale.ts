import path from 'node:path';
import type { Command } from 'commander';
import type { RoleCounts } from '../../runtime/local';
import type { Scaling } from '../../runtime/local/ask-control';
import { askToScale } from '../../runtime/local/ask-control';
import { nameOf } from '../../runtime/local/role-names';
import type { CliContext } from '../context';
import { CliError, EXIT } from '../exit';
import type { Output } from '../options';
import { withOutput } from '../options';
import { readRoleCount } from './role-counts';

/** `sagaline scale`: more or fewer processes of the local stack that runs on this project's data folder. */
export function addScale(program: Command, cliContext: CliContext): void {
  withOutput(
    program
      .command('scale')
      .description(
        'changes the number of processes in what "sagaline start" runs here, such as bridges=2; waits until it is so',
      )
      .argument(
        '<name=count...>',
        'processes of a worker pool, or of bridges, subscribers or relays',
        readRoleCount,
      ),
  ).action((counts: RoleCounts, options: Output) => scale(cliContext, counts, options));
}

async function scale(cliContext: CliContext, counts: RoleCounts, { output }: Output): Promise<void> {
  const folder = path.resolve(cliContext.config().DATA_DIR);
  // Asked for nothing, the stack only says that it runs: where it does not, the record has no database either.
  rolesIn(await askToScale(folder, {}), folder);
  const named = Object.fromEntries(Object.entries(counts).map(([role, count]) => [nameOf(role), count]));
  const roles = await cliContext.auditing.change(
    { action: 'scale', target: 'local stack', details: named },
    async () => rolesIn(await askToScale(folder, counts), folder),
  );
  if (output === 'json') cliContext.terminal.out(JSON.stringify({ roles }));
  else
    for (const { name, before, now } of roles)
      cliContext.terminal.out(before === now ? `${name}: ${now}, as before` : `${name}: ${before} → ${now}`);
}

function rolesIn(scaling: Scaling, folder: string) {
  switch (scaling.kind) {
    case 'scaled':
      return scaling.roles.map(({ role, ...counts }) => ({ name: nameOf(role), ...counts }));
    case 'refused':
      throw new CliError(
        scaling.code,
        scaling.message,
        scaling.code === 'unknown-pool' ? EXIT.usage : EXIT.failed,
      );
    case 'ended':
      throw new CliError('stack-ended', 'the local stack ended before it answered', EXIT.stillOpen);
    case 'away':
      throw new CliError(
        'no-local-stack',
        `no local stack runs on ${folder}: start one with "npx sagaline start", or name its folder in DATA_DIR`,
      );
  }
}
