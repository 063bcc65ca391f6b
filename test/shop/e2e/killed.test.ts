import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { ownStackSettings } from '../../../demo/local-settings';
import { environment } from '../../../src/config';
import type { ProcessIdentity } from '../../../src/dev/stack/identity';
import { isRunning } from '../../../src/dev/stack/identity';
import { FROM_SOURCES, QUICK_START } from '../../support/quick-start';
import { DEVICE_ALERTS } from '../../support/roles';
import { until } from '../../support/until';

/** `npm start` under a person's `kill -9`: of npm alone, and of everything that could still end the rest. */

const ROOT = path.resolve(__dirname, '../../..');
const UP_WITHIN_MS = 120_000;
const ENDED_WITHIN_MS = 60_000;
/** Longer than the test: the alert is open when its processes are killed. */
const ACKNOWLEDGE_WITHIN_MS = 10 * UP_WITHIN_MS;
const ALERT = { deviceId: 'dev-1', alertId: 'a-1' };

const folder = mkdtempSync(path.join(tmpdir(), 'sagaline-killed-'));
const dataDir = path.join(folder, 'data');
const everyone: Note[] = [];
let settings: Record<string, string>;
let npm: ChildProcess;
let output = '';

interface Note extends ProcessIdentity {
  name: string;
  startedBy: ProcessIdentity;
}

beforeAll(async () => {
  mkdirSync(dataDir);
  settings = {
    ...(await ownStackSettings(dataDir)),
    ...QUICK_START,
    ALERT_ACKNOWLEDGE_WITHIN_MS: String(ACKNOWLEDGE_WITHIN_MS),
  };
  // The example has no package.json of its own: it is a part of this repository.
  const start = ['node', ...FROM_SOURCES, path.join(ROOT, 'bin/sagaline.mjs'), 'start'].join(' ');
  const manifest = { private: true, scripts: { start: `cd ${DEVICE_ALERTS} && ${start}` } };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
});

afterAll(() => {
  npm.kill('SIGKILL');
  for (const note of everyone) for (const process of [note, note.startedBy]) kill(process);
  rmSync(folder, { recursive: true, force: true });
});

test(
  'a kill of npm alone leaves nothing in the way of the next start, and an open process goes on',
  async () => {
    await startNpm();
    const at = '2026-01-15T10:30:00Z';
    await publish('alerts.raised', { ...ALERT, temperature: 85, at });
    await until('the alert is entered', async () => (await alerts())[0]?.state === 'raised', ENDED_WITHIN_MS);

    const before = running();
    npm.kill('SIGKILL');
    await startNpm();
    expect(before.filter(isRunning)).toEqual([]);
    await publish('alerts.resolved', { deviceId: ALERT.deviceId, by: 'ada', at });
    await until('it is resolved', async () => (await alerts())[0]?.state === 'resolved', ENDED_WITHIN_MS);
    expect(await alerts()).toHaveLength(1);
  },
  3 * UP_WITHIN_MS,
);

test(
  'beside a live one, --fresh refuses',
  async () => {
    const second = spawnNpm('--fresh');
    let said = '';
    second.stderr?.on('data', (chunk) => (said += String(chunk)));
    const [code] = (await once(second, 'exit')) as [number | null];
    expect(code).toBe(1);
    expect(said).toContain('is in use by another Sagaline');
    expect(await alerts()).toHaveLength(1);
  },
  ENDED_WITHIN_MS,
);

test(
  'what a kill of npm, npm start and the watchdogs leaves is ended by the next start, and --fresh begins anew',
  async () => {
    const notes = running();
    const left = notes.filter(({ name }) => name !== 'watchdog');
    for (const { name, ...watchdog } of notes) if (name === 'watchdog') kill(watchdog);
    npm.kill('SIGKILL');
    for (const { startedBy } of notes) kill(startedBy);
    expect(left.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['relay', 'bridge', 'gateway', 'NATS']),
    );
    expect(left.every(isRunning)).toBe(true);

    // The servers are up then, and the tables are made: of the processes of Sagaline the first start has told.
    await startNpm({ until: 'starting the processes of Sagaline' }, '--fresh');
    const ended = [...output.matchAll(/ended (\S+) \(pid (\d+)\), left over/g)].map(([, name, pid]) => [
      name,
      pid,
    ]);
    const sorted = (list: unknown[][]) => list.map((one) => one.join(' ')).sort();
    expect(sorted(ended)).toEqual(sorted(left.map(({ name, pid }) => [name, pid])));
    expect(ended.slice(-4).map(([name]) => name)).toEqual(['relay', 'Temporal', 'NATS', 'PostgreSQL']);
    expect(await alerts()).toEqual([]);
    // As Ctrl-C does: npm itself doesn't hand a signal on through a shell.
    process.kill(Number(running()[0]?.startedBy.pid), 'SIGINT');
    await once(npm, 'exit');
    await until('nothing is left', () => !everyone.some(isRunning), ENDED_WITHIN_MS);
  },
  2 * UP_WITHIN_MS,
);

function spawnNpm(...options: string[]): ChildProcess {
  const args = ['start', '--', '--no-tour', ...options];
  return spawn('npm', args, { cwd: folder, env: { ...environment(), ...settings } });
}

async function startNpm({ until: said = 'All is up' } = {}, ...options: string[]): Promise<void> {
  output = '';
  npm = spawnNpm(...options);
  npm.stdout?.on('data', (chunk) => (output += String(chunk)));
  npm.stderr?.on('data', (chunk) => (output += String(chunk)));
  await until('npm start is up', () => output.includes(said) || npm.exitCode !== null, UP_WITHIN_MS);
  if (npm.exitCode !== null) throw new Error(`npm start has ended:\n${output}`);
  everyone.push(...running());
}

/** What the data folder's record says: a file for each process. */
function running(): Note[] {
  const folder = path.join(dataDir, 'run');
  const entries = readdirSync(folder).filter((file) => /^\d+\.json$/.test(file));
  return entries.map((file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Note);
}

function kill(identity: ProcessIdentity): void {
  if (isRunning(identity)) process.kill(identity.pid, 'SIGKILL');
}

async function publish(fact: string, data: object): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${settings['GATEWAY_PORT'] ?? ''}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify({
      specversion: '1.0',
      id: fact,
      source: '/monitoring',
      type: `com.example.devices.${fact}.v1`,
      data,
    }),
  });
  expect([answer.status, await answer.text()]).toEqual([202, expect.any(String)]);
}

async function alerts(): Promise<{ state: string }[]> {
  const database = new Client({
    connectionString: `postgresql://sagaline:sagaline@127.0.0.1:${settings['POSTGRES_PORT'] ?? ''}/sagaline`,
  });
  await database.connect();
  const { rows } = await database.query<{ state: string }>('select state from devices.alerts');
  await database.end();
  return rows;
}
