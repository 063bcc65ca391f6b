import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import type { ContractChange, ContractsLock } from '../reference';
import {
  acceptedLock,
  contractChanges,
  EMPTY_LOCK,
  eventDocuments,
  isGenerated,
  json,
  readLock,
} from '../reference';
import { CliError, EXIT } from './exit';
import type { Output } from './options';
import { withOutput } from './options';
import type { CliContext } from './context';

const LOCK = 'contracts.lock.json';

interface DocsOptions extends Output {
  readonly out: string;
  readonly title: string;
  readonly check?: true;
}

interface CheckOptions extends Output {
  readonly against: string;
  readonly accept?: true;
  readonly acceptBreaking: readonly string[];
}

/** What others read of the contracts, and whether a published one has changed. No server is needed. */
export function addContracts(events: Command, cliContext: CliContext): void {
  withOutput(
    events
      .command('docs')
      .description('writes the event reference: Markdown, JSON Schemas, AsyncAPI; needs no server')
      .option('--out <folder>', 'where to', 'docs/reference/events')
      .option('--title <title>', 'of the pages and the AsyncAPI document', 'Events')
      .option('--check', 'writes nothing, and fails where a file differs'),
  ).action((options: DocsOptions) => docs(cliContext, options));

  withOutput(
    events
      .command('check')
      .description('compares the contracts with those that were published; needs no server')
      .option('--against <path>', `the lock file, or the folder of a ${LOCK}`, LOCK)
      .option('--accept', 'records new events, versions and fields')
      .option(
        '--accept-breaking <type>',
        'records this type as it is, because nobody uses the published one; repeatable',
        (type: string, before: readonly string[]) => [...before, type],
        [],
      ),
  ).action((options: CheckOptions) => check(cliContext, options));
}

async function docs({ catalogue, terminal }: CliContext, options: DocsOptions): Promise<void> {
  const { out, title, check: only, output } = options;
  const wanted = eventDocuments(catalogue, title);
  const found = await generatedIn(out);
  const written = [...wanted].filter(([file, text]) => found.get(file) !== text).map(([file]) => file);
  const removed = [...found.keys()].filter((file) => !wanted.has(file));
  if (only) {
    const differing = [...written, ...removed].sort();
    if (differing.length > 0) {
      const message = `these files of ${out} differ from the contracts: ${differing.join(', ')}; "sagaline events docs" writes them`;
      throw new CliError('docs-differ', message, EXIT.failed, { files: differing });
    }
  } else {
    for (const file of written) {
      await mkdir(path.dirname(path.join(out, file)), { recursive: true });
      await writeFile(path.join(out, file), wanted.get(file) ?? '');
    }
    for (const file of removed) await rm(path.join(out, file));
  }
  const bytes = [...wanted.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const report = { events: catalogue.contracts.length, files: wanted.size, bytes };
  if (output === 'json') terminal.out(JSON.stringify({ ...report, written, removed }));
  else if (only) terminal.out(`${report.events} events: the ${report.files} files of ${out} are up to date`);
  else
    terminal.out(
      `${report.events} events: ${report.files} files, ${written.length} written, ${removed.length} removed`,
    );
}

/** The files of a folder that the reference may have made, by path with `/`. */
async function generatedIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const [below, name] of [...(await namesIn(folder)), ...(await namesIn(folder, 'schemas'))]) {
    const file = below === '' ? name : `${below}/${name}`;
    const text = await readFile(path.join(folder, file), 'utf8');
    if (isGenerated(file, text)) found.set(file, text);
  }
  return found;
}

async function namesIn(folder: string, below = ''): Promise<(readonly [string, string])[]> {
  try {
    const entries = await readdir(path.join(folder, below), { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => [below, name] as const);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function check(cliContext: CliContext, options: CheckOptions): Promise<void> {
  const { catalogue, terminal } = cliContext;
  const { output } = options;
  const file = options.against.endsWith('.json') ? options.against : path.join(options.against, LOCK);
  const accepts = options.accept === true || options.acceptBreaking.length > 0;
  const before = await lockIn(file, accepts);
  const unknown = options.acceptBreaking.filter(
    (type) => !(type in before.contracts) && !catalogue.contractOf(type),
  );
  if (unknown.length > 0)
    throw new CliError(
      'unknown-type',
      `neither the lock nor the project has ${unknown.join(', ')}`,
      EXIT.usage,
    );
  const lock = accepts ? acceptedLock(catalogue, before, new Set(options.acceptBreaking)) : before;
  if (accepts) await writeFile(file, json(lock));
  const changes = contractChanges(catalogue, lock);
  const problems = changes.filter(({ kind }) => kind !== 'compatible');
  if (problems.length > 0) cliContext.exitWith(EXIT.failed);
  if (output === 'json') {
    terminal.out(JSON.stringify({ contracts: catalogue.contracts.length, changes }));
    return;
  }
  for (const change of changes) terminal.out(inWords(change));
  if (problems.length === 0)
    terminal.out(`${catalogue.contracts.length} contracts are as they were published`);
}

/** @param mayBeMissing it is about to be written for the first time */
async function lockIn(file: string, mayBeMissing: boolean): Promise<ContractsLock> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (mayBeMissing && (error as NodeJS.ErrnoException).code === 'ENOENT') return EMPTY_LOCK;
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError(
      'no-such-file',
      `${why}; --accept makes the file from the present contracts`,
      EXIT.usage,
    );
  }
  try {
    return readLock(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError('invalid-lock', `${file} is no lock file of contracts: ${why}`, EXIT.usage);
  }
}

function inWords({ kind, type, path: place, what, remedy }: ContractChange): string {
  const where = place === undefined ? type : `${type} ${place}`;
  return `${kind}: ${where}: ${what}${remedy === undefined ? '' : `; ${remedy}`}`;
}
