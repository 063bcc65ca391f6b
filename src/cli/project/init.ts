import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { CliError, EXIT } from '../exit';

/** From src/ and from dist/. */
const CREATE = path.resolve(__dirname, '../../../create/index.mjs');

/** The templates of the package, each with what its `package.json` says of it. */
function templates(): string {
  const folder = path.dirname(CREATE);
  const names = readdirSync(folder).flatMap((each) => /^template-(.+)$/.exec(each)?.[1] ?? []);
  return names
    .map((name) => {
      const file = path.join(folder, `template-${name}`, 'package.json');
      const { description } = JSON.parse(readFileSync(file, 'utf8')) as { description: string };
      return `${name}, ${description}`;
    })
    .join('; ');
}

/** `sagaline init`: the program that `npm create sagaline` runs. */
export function addInit(program: Command): void {
  program
    .command('init')
    .description('writes a new project into a folder, with a test of each kind')
    .argument('[folder]', 'in this folder; "." for this folder itself', 'my-project')
    .option(
      '--template <name>',
      `what to begin with: ${templates()}`,
      'minimal',
    )
    .action((folder: string, { template }: { template: string }) => {
      const given = [CREATE, `--template=${template}`, '--', folder];
      const { status } = spawnSync(process.execPath, given, { stdio: 'inherit' });
      if (status !== 0) throw new CliError('init', 'no project was written', EXIT.usage);
    });
}
