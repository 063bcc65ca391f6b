import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { CliError, EXIT } from '../exit';

/** The same relative path from src/ and from dist/. */
const CREATE = path.resolve(__dirname, '../../../create/index.mjs');

/** Names of the package's templates. A container image has none. */
function templates(): string {
  const folder = path.dirname(CREATE);
  return (existsSync(folder) ? readdirSync(folder) : [])
    .flatMap((folder) => /^template-(.+)$/.exec(folder)?.[1] ?? [])
    .join(', ');
}

/** Adds `sagaline init`, the program that `npm create sagaline` runs. */
export function addInit(program: Command): void {
  program
    .command('init')
    .description('writes a new project into a folder, with a test of each kind')
    .argument('[folder]', 'in this folder; "." for this folder itself', 'my-project')
    .option(
      '--template <name>',
      `what to begin with: ${templates()}; the README of the project says what is in it`,
      'minimal',
    )
    .action((folder: string, { template }: { template: string }) => {
      const given = [CREATE, `--template=${template}`, '--', folder];
      const { status } = spawnSync(process.execPath, given, { stdio: 'inherit' });
      if (status !== 0) throw new CliError('init', 'no project was written', EXIT.usage);
    });
}
