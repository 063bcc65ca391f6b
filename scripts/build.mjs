// Makes dist/, which is all of ours that runs in production: the roles as JavaScript with source maps, the migrations
// beside the code that names them, and the workflows as one bundle, so that no worker has to make it at its start.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const DIST = join(ROOT, 'dist');
/** Folders of code that reads files beside itself; these are the kinds of files. */
const SOURCES = ['src', 'activities', 'workers'];
const READ_AT_RUN_TIME = /\.sql$/;

async function build() {
  rmSync(DIST, { recursive: true, force: true });
  compile();
  const files = copyFiles();
  const bytes = await bundleWorkflows();
  process.stdout.write(`dist: ${files} migrations, a workflow bundle of ${Math.round(bytes / 1024)} KiB\n`);
}

function compile() {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '--project', join(ROOT, 'tsconfig.build.json')], { stdio: 'inherit' });
}

function copyFiles() {
  const files = SOURCES.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true }).map((file) => join(folder, file)),
  ).filter((file) => READ_AT_RUN_TIME.test(file));
  for (const file of files) cpSync(join(ROOT, file), join(DIST, file));
  return files.length;
}

// From the same source, and by the same bundler, as the replay tests.
async function bundleWorkflows() {
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(ROOT, 'workflows', 'index.ts'),
    logger: onlyProblems,
  });
  // workers/workflow-code.ts looks for it here.
  mkdirSync(join(DIST, 'workflows'), { recursive: true });
  writeFileSync(join(DIST, 'workflows', 'bundle.js'), code);
  return code.length;
}

const quiet = () => undefined;
const loud = (message) => process.stderr.write(`${message}\n`);
const onlyProblems = { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: loud, error: loud };

try {
  await build();
} catch (error) {
  // The compiler has said what is wrong.
  if (error.status === undefined) process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
}
