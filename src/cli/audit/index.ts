/** `sagaline audit`: what operators have done and read, and the proof that nobody has changed the records. */
import type { Command } from 'commander';
import type { CliContext } from '../context';
import { addHead } from './head';
import { addList } from './list';
import { addVerify } from './verify';

export function addAudit(program: Command, cliContext: CliContext): void {
  const audit = program
    .command('audit')
    .description('what operators have done and read, in a chain of records: docs/audit.md');
  addList(audit, cliContext);
  addVerify(audit, cliContext);
  addHead(audit, cliContext);
}
