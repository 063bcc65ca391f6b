/** `sagaline add`: adds code, its registration and a passing test to a project of the form that `sagaline init` writes. */
import { Argument, type Command } from 'commander';
import { findConfig } from '../../../runtime/load';
import { isTypeScript } from '../../../runtime/typescript';
import { CliError, EXIT } from '../../exit';
import type { Kind } from './kinds';
import { KINDS } from './kinds';
import type { Given } from './kinds/given';
import { CONFIG, fitted } from './modules';
import type { Plan } from './plan';
import { applyPlan } from './plan';
import { recordHistory } from './record';

interface Options extends Given {
  readonly dryRun?: true;
}

export function addAdd(program: Command): void {
  program
    .command('add')
    .description('writes code into this project, registers it, and adds a test that passes')
    .addArgument(new Argument('<kind>', 'what').choices(Object.keys(KINDS)))
    .argument('<name>', 'an identifier: payBack, or pay-back')
    .option('--domain <name>', 'of which domain; default: the only one')
    .option('--pool <name>', 'of a step or a workflow: which pool runs it; default: the only one')
    .option('--event <name>', 'of a route: which event; of a workflow: the one that opens it')
    .option('--workflow <name>', 'of a route: which workflow it leads to')
    .option('--step <name>', 'of a workflow: its first step')
    .option('--compensation <name>', 'of a step: what compensates it; default: compensate<Name>')
    .option('--dry-run', 'shows what would be written, and writes nothing')
    .action((kind: Kind, name: string, options: Options) => {
      const root = process.cwd();
      const config = findConfig(root);
      if (config === undefined || !isTypeScript(config))
        throw new CliError(
          'no-project',
          `there is no ${CONFIG} in ${root}; run the command in the folder of your project, or make one with "npx sagaline init"`,
          EXIT.usage,
        );
      const { lines, byHand, records } = addTo(root, kind, name, options);
      process.stdout.write(`${lines.join('\n')}\n`);
      if (byHand)
        throw new CliError(
          'by-hand',
          'some lines are left for you to add: they are named above',
          EXIT.failed,
        );
      if (records !== undefined && options.dryRun !== true) recordHistory(root, records);
    });
}

/** @throws CliError, without writing anything, for an invalid name, a taken name, or a missing part of the project */
export function addTo(root: string, kind: Kind, name: string, { dryRun, ...given }: Options) {
  const plan: Plan = fitted(root, KINDS[kind](root, name, given));
  return { ...applyPlan(root, plan, dryRun === true), records: plan.records };
}
