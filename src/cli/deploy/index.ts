/** `sagaline deploy`: which version of each worker pool gets new work. One file for each verb. */
import type { Command } from 'commander';
import type { CliContext } from '../context';
import { addMove } from './move';
import { addSetCurrent } from './set-current';
import { addStatus } from './status';

export function addDeploy(program: Command, cliContext: CliContext): void {
  const deploy = program
    .command('deploy')
    .description('which version of each worker pool gets new work: docs/deploys.md');
  addStatus(deploy, cliContext);
  addSetCurrent(deploy, cliContext);
  addMove(deploy, cliContext);
}
