/**
 * Does what docs/first-process.md says, as a newcomer would: its commands and edits, in an empty folder, with the package that
 * `npm pack` gives. `npm run test:full -- first-process [tarball]`, some three minutes. A block that cannot be followed is an error.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { errorMessage } from '../../src/contracts';
import { say } from '../../demo/command-line';
import { pack } from '../../scripts/package/pack';
import { environment } from '../../src/config';
import { assertPortFree, freePorts } from '../../src/dev/stack';
import { editedText } from './first-process/edit';
import { missingIn } from './first-process/output';
import type { Block } from './first-process/page';
import { blocksOf, PageError } from './first-process/page';
import type { Terminal } from './first-process/shell';
import { openTerminal, run } from './first-process/shell';

const ROOT = path.resolve(__dirname, '../..');
const PAGE = 'docs/first-process.md';
const PORTS = [
  'NATS',
  'TEMPORAL',
  'TEMPORAL_UI',
  'TEMPORAL_HTTP',
  'TEMPORAL_METRICS',
  'POSTGRES',
  'GATEWAY',
  'CONSOLE',
];
/** Of the project, what nobody has written. */
const NOT_WRITTEN = /^(node_modules|build|\.sagaline)(\/|$)/;
/** What the page promises. */
const MINUTES = 15;

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => stopping.abort(new Error(`ended by ${signal}`)));

interface State {
  cwd: string;
  output: string;
  terminal: Terminal | undefined;
}

async function main(given: string | undefined): Promise<void> {
  const blocks = blocksOf(readFileSync(path.join(ROOT, PAGE), 'utf8'));
  const folder = await mkdtemp(path.join(tmpdir(), 'sagaline-first-process-'));
  // PostgreSQL runs as another user where we are root.
  await chmod(folder, 0o755);
  try {
    const ports = await freePorts(PORTS.length);
    const env = newcomer(given === undefined ? packed(folder) : path.resolve(given), ports);
    const state: State = { cwd: path.join(folder, 'empty'), output: '', terminal: undefined };
    await mkdir(state.cwd);
    const since = performance.now();
    try {
      for (const block of blocks) await follow(block, state, env);
    } catch (error) {
      // What has failed first is what is told.
      await endTerminal(state).catch((later: unknown) => say(String(later)));
      throw error;
    }
    await endTerminal(state);
    for (const [index, port] of ports.entries())
      await assertPortFree(port, 'what was started', `${PORTS[index] ?? ''}_PORT`);
    tell(blocks, state.cwd, (performance.now() - since) / 60_000);
  } finally {
    await rm(folder, { recursive: true, force: true });
    await forgetInNpx(folder);
  }
}

/** npx keeps what it has installed of our tarball, some 200 MB for each path that a tarball had. */
async function forgetInNpx(folder: string): Promise<void> {
  const cache = execFileSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).trim();
  const kept = path.join(cache, '_npx');
  if (!existsSync(kept)) return;
  for (const name of readdirSync(kept)) {
    const made = path.join(kept, name, 'package.json');
    if (existsSync(made) && readFileSync(made, 'utf8').includes(`${path.basename(folder)}/`))
      await rm(path.dirname(made), { recursive: true, force: true });
  }
}

function packed(folder: string): string {
  const since = performance.now();
  const { tarball } = pack(ROOT, folder);
  say(`packed in ${inSeconds(since)}`);
  return tarball;
}

/** Nothing of the repository: neither its programs, nor what npm tells its scripts. Ports of its own, beside others' servers. */
function newcomer(tarball: string, ports: readonly number[]): Record<string, string> {
  const { PATH = '', HOME = '' } = environment();
  const programs = PATH.split(path.delimiter).filter((each) => !each.includes('node_modules'));
  const settings = PORTS.map((name, index) => [`${name}_PORT`, String(ports[index])]);
  return {
    PATH: programs.join(path.delimiter),
    HOME,
    SAGALINE: tarball,
    ...(Object.fromEntries(settings) as Record<string, string>),
  };
}

async function follow(block: Block, state: State, env: Record<string, string>): Promise<void> {
  const { signal } = stopping;
  signal.throwIfAborted();
  const fail = (message: string): never => {
    throw new PageError(block.line, message);
  };
  switch (block.kind) {
    case 'run': {
      const since = performance.now();
      const { code, output, cwd } = await run(block.script, { cwd: state.cwd, env }, signal);
      say(`${inSeconds(since).padStart(7)}  ${block.script.split('\n').join('\n         ')}`);
      state.output = output;
      state.cwd = cwd ?? state.cwd;
      if ((code !== 0) !== block.fails) fail(`exit code ${String(code)} of\n${block.script}\n${output}`);
      return;
    }
    case 'terminal':
      state.terminal = openTerminal(block.script, { cwd: state.cwd, env });
      return;
    case 'output': {
      if (block.of === 'terminal') return state.terminal?.shows(block.lines, signal);
      const missing = missingIn(state.output, block.lines);
      if (missing !== undefined) fail(`the output has no line with "${missing.trim()}":\n${state.output}`);
      return;
    }
    case 'edit': {
      const file = path.join(state.cwd, block.file);
      writeFileSync(file, editedText(readFileSync(file, 'utf8'), block.parts));
    }
  }
}

async function endTerminal({ terminal }: State): Promise<void> {
  if (terminal === undefined) return;
  const since = performance.now();
  await terminal.end();
  say(`${inSeconds(since).padStart(7)}  Ctrl-C`);
}

function tell(blocks: readonly Block[], project: string, minutes: number): void {
  const commands = blocks.flatMap((block) =>
    block.kind === 'run' || block.kind === 'terminal' ? block.script.split('\n') : [],
  );
  const edited = blocks.filter(({ kind }) => kind === 'edit');
  const files = readdirSync(project, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(project, path.join(entry.parentPath, entry.name)))
    .filter((file) => !NOT_WRITTEN.test(file));
  say(
    `${PAGE}: ${minutes.toFixed(1)} minutes of commands, ${commands.length} commands, ` +
      `${edited.length} files edited by hand, ${files.length} files in the project`,
  );
  if (minutes > MINUTES) throw new Error(`the page promises ${MINUTES} minutes`);
  say('It held.');
}

function inSeconds(since: number): string {
  return `${((performance.now() - since) / 1_000).toFixed(1)} s`;
}

main(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`\n${errorMessage(error)}\nIT DID NOT HOLD\n`);
  process.exitCode = 1;
});
