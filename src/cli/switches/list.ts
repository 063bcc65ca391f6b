import type { Command } from 'commander';
import { listSwitches } from '../../operator';
import type { Output } from '../options';
import { withOutput } from '../options';
import { table } from '../table';
import type { CliContext } from '../context';
import { EXIT } from '../exit';

export function addList(switches: Command, cliContext: CliContext): void {
  withOutput(
    switches
      .command('list', { isDefault: true })
      .description('what can be paused, and what is: by whom, why and until when'),
  ).action((options: Output) => showSwitches(cliContext, options));
}

async function showSwitches(cliContext: CliContext, { output }: Output): Promise<void> {
  const { switches, unknown } = await listSwitches(cliContext);
  if (unknown.length > 0) cliContext.exitWith(EXIT.failed);
  if (output === 'json') {
    cliContext.terminal.out(JSON.stringify({ switches, unknown }));
    return;
  }
  const rows = switches.map(({ kind, name, pause }) =>
    pause ? [kind, name, 'paused', pause.by, pause.until, pause.why] : [kind, name, 'on'],
  );
  cliContext.terminal.out(table(['kind', 'name', 'state', 'by', 'until', 'why'], rows));
  for (const { kind, error } of unknown)
    cliContext.terminal.error(`it is not known which ${kind}s are paused: ${error}`);
}
