import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import { CliError, EXIT } from '../exit';

const PACKAGE = path.resolve(__dirname, '../../..');

/** What `create/write.mjs` exports: it is shared with `npm create sagaline`, which has no compiled code. */
interface Writer {
  readonly ProjectProblem: new (message: string) => Error;
  readonly writeProject: (options: { folder: string; template?: string; sagaline?: string }) => {
    readonly words: string;
  };
}

interface Options {
  readonly template: string;
  readonly sagaline?: string;
}

export function addInit(program: Command): void {
  program
    .command('init')
    .description('writes a new project into a folder: one event, one workflow, one step, a test of each kind')
    .argument('[folder]', 'where; nothing that is there is overwritten', '.')
    .option('--template <name>', 'what it begins with', 'minimal')
    .option('--sagaline <version>', 'version of this package, or the path of a tarball; default: this one')
    .action(async (folder: string, { template, sagaline = ownVersion() }: Options) => {
      const { writeProject, ProjectProblem } = await writer();
      try {
        process.stdout.write(writeProject({ folder, template, sagaline }).words);
      } catch (error) {
        if (!(error instanceof ProjectProblem)) throw error;
        throw new CliError('not-written', error.message, EXIT.usage);
      }
    });
}

function writer(): Promise<Writer> {
  const file = path.join(PACKAGE, 'create', 'write.mjs');
  if (!existsSync(file)) throw new CliError('no-templates', `${file} is missing; run "npm create sagaline"`);
  return import(pathToFileURL(file).href) as Promise<Writer>;
}

function ownVersion(): string {
  return (JSON.parse(readFileSync(path.join(PACKAGE, 'package.json'), 'utf8')) as { version: string })
    .version;
}
