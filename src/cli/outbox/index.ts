/** `sagaline outbox`: rows of steps that the stream has not accepted. One file for each verb; redrive and discard share one. */
import type { Command } from 'commander';
import type { CliContext } from '../context';
import { addDecisions } from './decide';
import { addList } from './list';
import { addShow } from './show';

export function addOutbox(program: Command, cliContext: CliContext): void {
  const outbox = program
    .command('outbox')
    .description(
      'events and dead letters of steps that the stream has not taken: docs/operating.md#the-outbox',
    );
  addList(outbox, cliContext);
  addShow(outbox, cliContext);
  addDecisions(outbox, cliContext);
}
