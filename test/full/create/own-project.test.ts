import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect } from 'nats';
import { Client } from 'pg';
import { ownStackSettings } from '../../../demo/local-settings';
import { environment } from '../../../src/config';
import { freePorts } from '../../../src/dev/stack';
import { until } from '../../support/until';

/** A project of its own, in a folder of its own, with the package in its node_modules. */

const ROOT = path.resolve(__dirname, '../../..');
const COMMAND = path.join('node_modules', 'sagaline', 'bin', 'sagaline.mjs');
const UP_WITHIN_MS = 120_000;
const CONFIG = `import { defineConfig } from 'sagaline';
export default defineConfig({ domains: [], pools: {} });
`;

interface Run {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly exitCode: () => Promise<number | null>;
}

let project: string;
let runs: Run[];

beforeEach(() => {
  project = mkdtempSync(path.join(tmpdir(), 'sagaline-project-'));
  runs = [];
  mkdirSync(path.join(project, 'node_modules'));
  symlinkSync(ROOT, path.join(project, 'node_modules', 'sagaline'));
  writeFileSync(path.join(project, 'package.json'), '{ "private": true }');
  writeConfig(CONFIG);
});

afterEach(async () => {
  for (const { child, exitCode } of runs) {
    child.kill('SIGTERM');
    await exitCode();
  }
  rmSync(project, { recursive: true, force: true });
});

const writeConfig = (text: string) => writeFileSync(path.join(project, 'sagaline.config.ts'), text);

function sagaline(args: readonly string[], settings: Readonly<Record<string, string>> = {}): Run {
  const output = { stdout: '', stderr: '' };
  const child = spawn(process.execPath, [COMMAND, ...args], {
    cwd: project,
    env: { ...environment(), ...settings },
  });
  child.stdout.on('data', (chunk) => (output.stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (output.stderr += String(chunk)));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const run = { child, stdout: () => output.stdout, stderr: () => output.stderr, exitCode: () => ended };
  runs.push(run);
  return run;
}

test(
  'a change restarts the processes and not the servers; a broken file is named, and the next change is waited for',
  async () => {
    const [port = 0] = await freePorts(1);
    const health = `http://127.0.0.1:${port}/readyz`;
    const settings = { ...(await ownStackSettings(path.join(project, 'data'))), HEALTH_PORT: String(port) };
    const { child, stdout, exitCode } = sagaline(['start', '--watch'], settings);
    const printed = (text: string) =>
      until(text, () => stdout().includes(text), UP_WITHIN_MS).catch((error: unknown) => {
        throw new Error(stdout(), { cause: error });
      });
    await printed('All is up');
    writeConfig("export default defineConfig({ domains: ['");
    await printed('waiting for the next change');
    expect(stdout()).toContain('sagaline.config.ts changed');
    expect(stdout()).toMatch(/sagaline\.config\.ts cannot be loaded: .*\n.*sagaline\.config\.ts:1:/);
    // What ran before the broken file still does.
    expect((await fetch(health)).status).toBe(200);
    writeConfig(`${CONFIG}// changed\n`);
    await printed('restarted in');
    expect((await fetch(health)).status).toBe(200);
    expect(stdout().match(/NATS: ready/g)).toHaveLength(1);
    // As npm and a terminal do together.
    child.kill('SIGINT');
    child.kill('SIGINT');
    expect(await exitCode()).toBe(0);
    expect(stdout()).toContain('PostgreSQL: stopped');
  },
  2 * UP_WITHIN_MS,
);

test(
  'test-servers prints addresses for the tests of a project, until Ctrl-C',
  async () => {
    const { child, stdout, exitCode } = sagaline(['test-servers', '-o', 'json']);
    await until('addresses', () => stdout().includes('\n'), UP_WITHIN_MS);
    const addresses = JSON.parse(stdout()) as Record<
      'NATS_URL' | 'TEMPORAL_ADDRESS' | 'DATABASE_URL',
      string
    >;
    const nats = await connect({ servers: addresses.NATS_URL });
    await nats.close();
    const database = new Client({ connectionString: addresses.DATABASE_URL });
    await database.connect();
    await database.end();
    expect(addresses.TEMPORAL_ADDRESS).toMatch(/^127\.0\.0\.1:\d+$/);
    child.kill('SIGINT');
    expect(await exitCode()).toBe(0);
    await expect(connect({ servers: addresses.NATS_URL, reconnect: false })).rejects.toThrow(
      'CONNECTION_REFUSED',
    );
  },
  UP_WITHIN_MS,
);

test.each([
  ['no configuration file', () => rmSync(path.join(project, 'sagaline.config.ts')), {}, 'npx sagaline init'],
  [
    'a file without its export',
    () => writeConfig('export const one = 1;'),
    {},
    'no default export with domains',
  ],
  ['a file in place of DATA_DIR', () => undefined, { DATA_DIR: 'package.json/data' }, 'set DATA_DIR to'],
  [
    'a cache that cannot be written to',
    () => undefined,
    { PATH: '/usr/bin:/bin', SAGALINE_CACHE: 'package.json/cache' },
    'set SAGALINE_CACHE to',
  ],
])('%s is one message', async (_, prepare, settings, remedy) => {
  prepare();
  const own = await ownStackSettings(path.join(project, 'data'));
  const { stdout, stderr, exitCode } = sagaline(['start'], { ...own, ...settings });
  expect(await exitCode()).toBeGreaterThan(0);
  expect(stderr()).toContain(remedy);
  expect(stderr() + stdout()).not.toContain('    at ');
});
