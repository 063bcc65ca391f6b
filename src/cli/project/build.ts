import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Command } from 'commander';
import { environment } from '../../config';
import type { LoadedApp } from '../../runtime/app';
import type { CliContext } from '../context';
import { isTypeScript } from '../../runtime/typescript';
import { bundleWorkflows } from '../../runtime/workflows/bundle';
import { BUNDLE, sourcesOf, workflowFolders } from '../../runtime/workflows/code';
import { assertExported } from '../../runtime/workflows/exports';
import { CliError, EXIT } from '../exit';
import { catalogueOfGiven } from '../partial-settings';

const OUT = 'build';
/** Folder of an unfinished build: a failed build leaves the previous one as it is. Hidden, so that `--watch` ignores it. */
const UNFINISHED = '.build';

export function addBuild(program: Command, cliContext: CliContext): void {
  program
    .command('build')
    .description(
      `compiles the project into ${OUT}/: JavaScript with source maps, migrations, and a bundle of each pool's workflows`,
    )
    .action(() => build(cliContext.project()));
}

async function build(app: LoadedApp): Promise<void> {
  const { root, file, migrations = {} } = app;
  const out = path.join(root, OUT);
  if (file === undefined || !isTypeScript(file))
    throw new CliError(
      'no-sources',
      `${file ?? root} is no TypeScript: only sources can be built`,
      EXIT.usage,
    );
  assertCatalogue(app);
  for (const [name, pool] of Object.entries(app.pools))
    if (pool.workflows !== undefined) assertExported(app, name, pool, path.resolve(root, pool.workflows));
  const made = path.join(root, UNFINISHED);
  rmSync(made, { recursive: true, force: true });
  let bundles: string[];
  try {
    compile(root, file, made);
    for (const folder of Object.values(migrations)) copyInto(made, root, path.resolve(root, folder));
    bundles = await Promise.all(
      workflowFolders(app).map(async ({ pool, folder }) => {
        const bytes = await bundle(app, folder, path.join(made, path.relative(root, folder)));
        return `${pool} ${Math.round(bytes / 1024)} KiB`;
      }),
    );
    rmSync(out, { recursive: true, force: true });
    renameSync(made, out);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  process.stdout.write(
    `${OUT}: migrations of ${inWords(Object.keys(migrations))}, workflows of ${inWords(bundles)}\n`,
  );
}

/** Finds what every process would refuse at its start. @throws InvalidConfigError */
function assertCatalogue({ domains, dev }: LoadedApp): void {
  const made = catalogueOfGiven(domains, { given: environment(), presets: dev?.presets });
  if (made.kind === 'unchecked')
    process.stderr.write(
      `the routes are not checked, because they are made of settings: ${made.missing.join('; ')}\n`,
    );
}

function copyInto(made: string, root: string, folder: string): void {
  cpSync(folder, path.join(made, path.relative(root, folder)), { recursive: true });
}

const inWords = (names: readonly string[]) => names.join(', ') || 'none';

/** Compiles with the project's own compiler and settings, except for those that control the output. */
function compile(root: string, file: string, out: string): void {
  const tsconfig = path.join(root, 'tsconfig.json');
  if (!existsSync(tsconfig))
    throw new CliError(
      'no-tsconfig',
      `there is no ${tsconfig}: the compiler takes its settings from it`,
      EXIT.usage,
    );
  mkdirSync(out, { recursive: true });
  const settingsFile = path.join(out, 'tsconfig.json');
  const compilerOptions = {
    noEmit: false,
    noEmitOnError: true,
    declaration: false,
    incremental: false,
    sourceMap: true,
    rootDir: '..',
    outDir: '.',
    module: 'node16',
    moduleResolution: 'node16',
    types: ['node'],
    // Uses the engine as installed, also in its own repository.
    customConditions: [],
  };
  const files = [`../${path.basename(file)}`];
  const settings = { extends: '../tsconfig.json', compilerOptions, files, include: [] };
  writeFileSync(settingsFile, JSON.stringify(settings));
  try {
    const tsc = createRequire(path.join(root, 'package.json')).resolve('typescript/bin/tsc');
    execFileSync(process.execPath, [tsc, '--project', settingsFile], { stdio: 'inherit' });
  } catch (error) {
    if (error instanceof Error && 'status' in error)
      throw new CliError('not-compiled', 'the compiler has named what is wrong', EXIT.failed);
    throw new CliError(
      'no-typescript',
      'typescript is missing: npm install --save-dev typescript',
      EXIT.usage,
    );
  } finally {
    rmSync(settingsFile, { force: true });
  }
}

/** Bundles the workflows of a folder. @returns the size in bytes */
async function bundle(app: LoadedApp, folder: string, out: string): Promise<number> {
  const { code } = await bundleWorkflows(sourcesOf(app, folder));
  mkdirSync(out, { recursive: true });
  writeFileSync(path.join(out, BUNDLE), code);
  return code.length;
}
