import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { oneLine } from '../../contracts';
import { eraseSubject, findSubject, KEPT_MS } from '../../security/personal';
import type { CliContext } from '../context';
import { CliError } from '../exit';
import type { Output } from '../options';
import { withOutput } from '../options';
import { masterKeysFile } from './keys';
import { isOpen, workflowsOf } from './processes';
import { prove } from './proof';
import { pseudonymOf } from './pseudonym';

interface EraseOptions extends Output {
  readonly why: string;
  readonly wait: boolean;
}

export function addErase(subjects: Command, cliContext: CliContext): void {
  withOutput(
    subjects
      .command('erase')
      .description(
        'destroys the key of a data subject, so that nothing that was encrypted with it can be read again, and proves that',
      )
      .argument('<subject>', 'the id that contracts give as the data subject')
      .requiredOption('--why <reason>', 'why it is erased')
      .option(
        '--no-wait',
        `does not wait for the ${KEPT_MS / 1_000} seconds in which processes may keep the key in memory`,
      ),
  ).action((subject: string, options: EraseOptions) => erase(cliContext, subject, options));
}

async function erase(
  cliContext: CliContext,
  subject: string,
  { why, wait, output }: EraseOptions,
): Promise<void> {
  const { terminal } = cliContext;
  masterKeysFile(cliContext);
  const database = cliContext.database();
  // On record before it is looked for: a refused erasure is, too, and who may not erase learns nothing of the subject.
  const { by, keyIds, ...erased } = await cliContext.auditing.change(
    { action: 'subjects.erase', target: pseudonymOf(subject), details: { why } },
    async ({ by: name }) => {
      const before = await findSubject(database, subject);
      if (before.keys.length === 0)
        throw new CliError('unknown-subject', `nothing is encrypted for "${subject}"`);
      const openOf = async (processes: readonly string[]) =>
        (await workflowsOf(cliContext, processes)).filter(isOpen).map(({ workflowId }) => workflowId);
      const open = await openOf(before.processes);
      if (open.length > 0) throw openProcesses(open);
      // While the key is locked, only those that have come meanwhile are looked for.
      const done = await eraseSubject(database, { subject, by: name, why }, (processes) =>
        openOf(processes.filter((process) => !before.processes.includes(process))),
      );
      if (done.kind === 'open') throw openProcesses(done.open);
      // An erasure that was interrupted is proved when it is repeated.
      return { ...done, by: name, keyIds: before.keys.map(({ id }) => id), destroyed: done.keyIds };
    },
    ({ destroyed }) => ({ keys: destroyed.length }),
  );
  if (output === 'text')
    terminal.out(oneLine(`${subject}: ${erased.destroyed.length} data keys were destroyed by ${by}`));
  if (wait && erased.destroyed.length > 0) {
    if (output === 'text')
      terminal.out(`waiting ${KEPT_MS / 1_000} s, until no process has the key in memory`);
    await sleep(KEPT_MS);
  }
  const proofs = await prove(cliContext, { keyIds, processes: erased.processes });
  if (output === 'json')
    terminal.out(JSON.stringify({ subject, by, why, destroyed: erased.destroyed, proofs }));
  else
    for (const { place, values, readable } of proofs)
      terminal.out(`${place}: ${values} values, ${readable} readable`);
  if (proofs.some(({ readable }) => readable > 0))
    throw new CliError('still-readable', 'values are still readable: find the process that made a new key');
}

function openProcesses(open: readonly string[]): CliError {
  const message = `nothing was erased: ${open.join(', ')} still need the data; let them end, or cancel them`;
  return new CliError('open-processes', message, undefined, { open });
}
