/** `sagaline events`: publishes events, watches the stream, and documents contracts. One file for each verb. */
import type { Command } from 'commander';
import type { CliContext } from '../context';
import { addCheck } from './check';
import { addDocs } from './docs';
import { addPublish } from './publish';
import { addTail } from './tail';

export function addEvents(program: Command, cliContext: CliContext): void {
  const events = program
    .command('events')
    .description('publish events, and watch them come; document their contracts');
  addDocs(events, cliContext);
  addCheck(events, cliContext);
  addPublish(events, cliContext);
  addTail(events, cliContext);
}
