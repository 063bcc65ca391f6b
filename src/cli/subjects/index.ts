/** `sagaline subjects`: data subjects, whose personal data is encrypted. One file for each verb. */
import type { Command } from 'commander';
import type { CliContext } from '../context';
import { addErase } from './erase';
import { addRewrap } from './rewrap';
import { addShow } from './show';

export function addSubjects(program: Command, cliContext: CliContext): void {
  const subjects = program
    .command('subjects')
    .description('data subjects, whose personal data is encrypted: docs/personal-data.md');
  addShow(subjects, cliContext);
  addErase(subjects, cliContext);
  addRewrap(subjects, cliContext);
}
