import type { Command } from 'commander';
import { findSubject } from '../../security/personal';
import type { CliContext } from '../context';
import { CliError } from '../exit';
import type { Output } from '../options';
import { withOutput } from '../options';
import { table } from '../table';
import { workflowsOf } from './processes';
import { pseudonymOf } from './pseudonym';

export function addShow(subjects: Command, cliContext: CliContext): void {
  withOutput(
    subjects
      .command('show')
      .description('the keys of a data subject, and the processes that have got its data')
      .argument('<subject>', 'the id that contracts give as the data subject'),
  ).action((subject: string, { output }: Output) => show(cliContext, subject, output));
}

async function show(cliContext: CliContext, subject: string, output: Output['output']): Promise<void> {
  await cliContext.auditing.read({ action: 'subjects.show', target: pseudonymOf(subject) });
  const { keys, processes } = await findSubject(cliContext.database(), subject);
  if (keys.length === 0) throw new CliError('unknown-subject', `nothing is encrypted for "${subject}"`);
  const workflows = await workflowsOf(cliContext, processes);
  const { terminal } = cliContext;
  if (output === 'json') {
    terminal.out(JSON.stringify({ subject, keys, processes, workflows }));
    return;
  }
  const inUse = keys.some(({ destroyedAt }) => destroyedAt === undefined);
  terminal.out(
    [
      `${subject}: ${inUse ? 'its data is readable' : 'its data was erased'}`,
      ...keys.map(({ id, createdAt, destroyedAt, destroyedBy }) =>
        destroyedAt === undefined
          ? `key ${id}, since ${createdAt.toISOString()}`
          : `key ${id}, destroyed ${destroyedAt.toISOString()} by ${destroyedBy ?? ''}`,
      ),
    ].join('\n'),
  );
  terminal.out(
    table(
      ['workflow', 'status', 'state'],
      workflows.map(({ workflowId, status, state }) => [workflowId, status, state]),
    ),
  );
}
