/** `sagaline sagas`: processes that wait for a person, or whose steps fail and are retried. One file for each verb. */
import type { Command } from 'commander';
import type { CliContext } from '../context';
import { addApprove } from './approval';
import { addDecide } from './decide';
import { addRetrying } from './retrying';
import { addShow } from './show';
import { addStuck } from './stuck';

export function addSagas(program: Command, cliContext: CliContext): void {
  const sagas = program
    .command('sagas')
    .description('processes that wait for a person: which, why, and what to do: docs/operating.md');
  addStuck(sagas, cliContext);
  addRetrying(sagas, cliContext);
  addShow(sagas, cliContext);
  addDecide(sagas, cliContext);
  addApprove(sagas, cliContext);
}
