// `sagaline start` as a person uses it, with real processes that are killed and halted.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ownStackSettings } from '../../../demo/local-settings';
import { environment } from '../../../src/config';
import { assertPortFree } from '../../../src/dev/stack';
import { isRunning } from '../../../src/dev/stack/identity';
import type { ProcessNote } from '../../../src/dev/stack/record';
import { readRecord } from '../../../src/dev/stack/record';
import { QUICK_START } from '../../support/quick-start';
import { DEVICE_ALERTS } from '../../support/roles';
import { until } from '../../support/until';

const BIN = path.resolve(__dirname, '../../../bin/sagaline.mjs');
const UP_WITHIN_MS = 120_000;
const AGAIN_WITHIN_MS = 60_000;
/** What a person waits for. */
const CTRL_C_MS = 15_000;

jest.setTimeout(UP_WITHIN_MS);

const dataDir = mkdtempSync(path.join(tmpdir(), 'sagaline-e2e-'));
let settings: Record<string, string>;
let start: ChildProcess;
let output = '';

beforeAll(async () => {
  settings = await ownStackSettings(dataDir);
  start = spawn(process.execPath, ['--conditions=sagaline-source', BIN, 'start', '--no-tour'], {
    cwd: DEVICE_ALERTS,
    env: { ...environment(), ...settings, ...QUICK_START, STREAM_MAX_BYTES: String(256 * 1024 * 1024) },
  });
  start.stdout?.on('data', (chunk) => (output += String(chunk)));
  start.stderr?.on('data', (chunk) => (output += String(chunk)));
  await until('all is up', () => says('All is up'), UP_WITHIN_MS - 5_000);
});
afterAll(async () => {
  if (start.exitCode === null && start.signalCode === null) {
    start.kill('SIGKILL');
    await once(start, 'exit');
  }
  rmSync(dataDir, { recursive: true, force: true });
});

function says(text: string): boolean {
  if (start.exitCode !== null) throw new Error(`it has ended:\n${output}`);
  return output.includes(text);
}

/** The processes of the stack that run, by name. */
function running(): ProcessNote[] {
  return readRecord(dataDir, () => undefined).filter(isRunning);
}

function pidOf(name: string): number {
  const found = running().find((note) => note.name === name);
  if (!found) throw new Error(`${name} does not run`);
  return found.pid;
}

function healthOf(name: string): string {
  const line = output.split('\n').find((each) => each.includes(`health ${name} `));
  return /http:\S+/.exec(line ?? '')?.[0] ?? '';
}

test('each process has its health address printed', async () => {
  for (const name of ['gateway', 'bridge', 'relay', 'worker:devices', 'worker:oncall']) {
    const { status } = await fetch(healthOf(name));
    expect([name, status]).toEqual([name, 200]);
  }
});

test.each(['NATS', 'Temporal', 'PostgreSQL'])('%s is killed, and runs again', async (server) => {
  const before = pidOf(server);
  process.kill(before, 'SIGKILL');
  await until('it is said', () => says(`${server}: is up again`), AGAIN_WITHIN_MS);
  expect(pidOf(server)).not.toBe(before);
  const isReady = async (name: string) =>
    (await fetch(healthOf(name)).catch(() => undefined))?.status === 200;
  for (const name of ['bridge', 'relay', 'worker:oncall'])
    await until(`${name} is ready`, () => isReady(name), AGAIN_WITHIN_MS);
});

test('Ctrl-C ends all within 15 s, with a dead server, a halted one, and halted processes', async () => {
  const all = running();
  for (const name of ['worker:oncall', 'bridge', 'NATS']) process.kill(pidOf(name), 'SIGSTOP');
  process.kill(pidOf('Temporal'), 'SIGKILL');
  const since = performance.now();
  start.kill('SIGINT');
  const [code] = (await once(start, 'exit')) as [number | null];
  const took = performance.now() - since;
  expect([code, took < CTRL_C_MS, Math.round(took)]).toEqual([0, true, Math.round(took)]);
  expect(all.filter(isRunning).map(({ name }) => name)).toEqual([]);
  for (const [name, port] of Object.entries(settings).filter(([setting]) => setting.endsWith('_PORT')))
    await assertPortFree(Number(port), name, name);
});
