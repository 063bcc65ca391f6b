/** `sagaline dead-letters`: events that could not be applied. One file for each verb, with its command and its output. */
import type { Command } from 'commander';
import type { CliContext } from '../context';
import { addDiscard } from './discard';
import { addEdit } from './edit';
import { addList } from './list';
import { addParked } from './parked';
import { addRedrive } from './redrive';
import { addShow } from './show';

export function addDeadLetters(program: Command, cliContext: CliContext): void {
  const deadLetters = program
    .command('dead-letters')
    .description('events that could not be applied: docs/dead-letters.md says what each reason asks for');
  addList(deadLetters, cliContext);
  addParked(deadLetters, cliContext);
  addShow(deadLetters, cliContext);
  addEdit(deadLetters, cliContext);
  addRedrive(deadLetters, cliContext);
  addDiscard(deadLetters, cliContext);
}
