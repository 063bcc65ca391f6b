import type { Command } from 'commander';
import { Argument } from 'commander';
import { oneLine } from '../../contracts';
import { pauseOnRecord, resumeOnRecord } from '../../operator';
import type { SwitchKind } from '../../switches';
import { SWITCH_KINDS } from '../../switches';
import type { Output } from '../options';
import { duration, withOutput } from '../options';
import type { CliContext } from '../context';

interface PauseOptions extends Output {
  readonly why: string;
  readonly for: number;
}

interface ResumeOptions extends Output {
  readonly why?: string;
}

const verb = (switches: Command, name: string, description: string): Command =>
  withOutput(switches.command(name).description(description))
    .addArgument(new Argument('<kind>', 'what is switched').choices(SWITCH_KINDS))
    .argument('<name>', 'the workflow of a route, the pool, or the provider, as in the list');

export function addPause(switches: Command, cliContext: CliContext): void {
  verb(switches, 'pause', 'lets the events or steps wait, in order, until it is resumed or the time is over')
    .requiredOption('--why <reason>', 'for everybody who looks, and for the record')
    .requiredOption('--for <time>', 'from 1s to 1d', duration)
    .action(async (kind: SwitchKind, name: string, { why, for: forMs, output }: PauseOptions) => {
      const pause = await pauseOnRecord(cliContext, { kind, name }, { why, forMs });
      cliContext.terminal.out(
        output === 'json'
          ? JSON.stringify({ pause })
          : oneLine(`the ${kind} "${name}" is paused by ${pause.by} until ${pause.until}`),
      );
    });
}

export function addResume(switches: Command, cliContext: CliContext): void {
  verb(switches, 'resume', 'lets them go on')
    .option('--why <reason>', 'for the record')
    .action(async (kind: SwitchKind, name: string, { why, output }: ResumeOptions) => {
      const resumed = await resumeOnRecord(cliContext, { kind, name }, { why });
      cliContext.terminal.out(
        output === 'json'
          ? JSON.stringify({ resumed })
          : oneLine(`the ${kind} "${name}" goes on; ${resumed.by} had paused it: ${resumed.why}`),
      );
    });
}
