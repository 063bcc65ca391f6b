import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { errorMessage } from '../../contracts';
import type { ContractChange, ContractsLock } from '../../reference';
import { acceptedLock, contractChanges, EMPTY_LOCK, json, readLock } from '../../reference';
import { CliError, EXIT } from '../exit';
import type { Output } from '../options';
import { withOutput } from '../options';
import type { CliContext } from '../context';

const LOCK = 'contracts.lock.json';

interface CheckOptions extends Output {
  readonly against: string;
  readonly accept?: true;
  readonly acceptBreaking: readonly string[];
}

/** Adds `events check`: whether a published contract has changed. It needs no server. */
export function addCheck(events: Command, cliContext: CliContext): void {
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

async function check(cliContext: CliContext, options: CheckOptions): Promise<void> {
  const { described: catalogue, terminal } = cliContext;
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

/** @param mayBeMissing if the file is about to be written for the first time */
async function lockIn(file: string, mayBeMissing: boolean): Promise<ContractsLock> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (mayBeMissing && (error as NodeJS.ErrnoException).code === 'ENOENT') return EMPTY_LOCK;
    const why = errorMessage(error);
    throw new CliError(
      'no-such-file',
      `${why}; --accept makes the file from the present contracts`,
      EXIT.usage,
    );
  }
  try {
    return readLock(text);
  } catch (error) {
    const why = errorMessage(error);
    throw new CliError('invalid-lock', `${file} is no lock file of contracts: ${why}`, EXIT.usage);
  }
}

function inWords({ kind, type, path: place, what, remedy }: ContractChange): string {
  const where = place === undefined ? type : `${type} ${place}`;
  return `${kind}: ${where}: ${what}${remedy === undefined ? '' : `; ${remedy}`}`;
}
