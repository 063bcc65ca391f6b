import { createHash } from 'node:crypto';
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
  const before = await findSubject(database, subject);
  if (before.keys.length === 0)
    throw new CliError('unknown-subject', `nothing is encrypted for "${subject}"`);
  const openOf = async (processes: readonly string[]) =>
    (await workflowsOf(cliContext, processes)).filter(isOpen).map(({ workflowId }) => workflowId);
  const open = await openOf(before.processes);
  if (open.length > 0) throw openProcesses(open);
  // While the key is locked, only those that have come meanwhile are looked for.
  const { by, ...erased } = await cliContext.auditing.change(
    { action: 'subjects.erase', target: pseudonymOf(subject), details: { why } },
    async ({ by: name }) => {
      const done = await eraseSubject(database, { subject, by: name, why }, (processes) =>
        openOf(processes.filter((process) => !before.processes.includes(process))),
      );
      if (done.kind === 'open') throw openProcesses(done.open);
      return { ...done, by: name };
    },
    ({ keyIds }) => ({ keys: keyIds.length }),
  );
  if (output === 'text')
    terminal.out(oneLine(`${subject}: ${erased.keyIds.length} data keys were destroyed by ${by}`));
  if (wait && erased.keyIds.length > 0) {
    if (output === 'text')
      terminal.out(`waiting ${KEPT_MS / 1_000} s, until no process has the key in memory`);
    await sleep(KEPT_MS);
  }
  // An erasure that was interrupted is proved when it is repeated.
  const keyIds = before.keys.map(({ id }) => id);
  const proofs = await prove(cliContext, { keyIds, processes: erased.processes });
  if (output === 'json') terminal.out(JSON.stringify({ subject, by, why, destroyed: erased.keyIds, proofs }));
  else
    for (const { place, values, readable } of proofs)
      terminal.out(`${place}: ${values} values, ${readable} readable`);
  if (proofs.some(({ readable }) => readable > 0))
    throw new CliError('still-readable', 'values are still readable: find the process that made a new key');
}

/** Records of the audit stay for good: they do not name whose data was erased, though who knows the id finds it there. */
function pseudonymOf(subject: string): string {
  return `data subject ${createHash('sha256').update(subject).digest('hex').slice(0, PSEUDONYM_DIGITS)}`;
}
const PSEUDONYM_DIGITS = 16;

function openProcesses(open: readonly string[]): CliError {
  const message = `nothing was erased: ${open.join(', ')} still need the data; let them end, or cancel them`;
  return new CliError('open-processes', message, undefined, { open });
}
