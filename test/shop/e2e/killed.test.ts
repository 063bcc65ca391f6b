import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { ownStackSettings } from '../../../demo/local-settings';
import { environment } from '../../../src/config';
import type { ProcessIdentity } from '../../../src/dev/stack/identity';
import { isRunning } from '../../../src/dev/stack/identity';
import { until } from '../../support/until';

/** `npm start` under a person's `kill -9`: of npm alone, and of everything that could still end the rest. */

const ROOT = path.resolve(__dirname, '../../..');
const UP_WITHIN_MS = 120_000;
const ENDED_WITHIN_MS = 60_000;
/** That of the example. */
const ORDER = { order_id: 'my-first-order', state: 'completed' };

const dataDir = mkdtempSync(path.join(tmpdir(), 'sagaline-killed-'));
const everyone: Note[] = [];
let settings: Record<string, string>;
let npm: ChildProcess;
let output = '';

interface Note extends ProcessIdentity {
  name: string;
  startedBy: ProcessIdentity;
}

beforeAll(async () => {
  settings = await ownStackSettings(dataDir);
});

afterAll(() => {
  npm.kill('SIGKILL');
  for (const note of everyone) for (const process of [note, note.startedBy]) kill(process);
  rmSync(dataDir, { recursive: true, force: true });
});

test(
  'a kill of npm alone leaves nothing in the way of the next start, and orders stay',
  async () => {
    await startNpm();
    const example = readFileSync(path.join(ROOT, 'docs/examples/order-submitted.json'), 'utf8');
    const answer = await fetch(`http://127.0.0.1:${settings['GATEWAY_PORT'] ?? ''}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents+json' },
      body: example,
    });
    expect(answer.status).toBe(202);
    await until(
      'the order completes',
      async () => (await orders())[0]?.state === 'completed',
      ENDED_WITHIN_MS,
    );

    const before = running();
    npm.kill('SIGKILL');
    await startNpm();
    expect(before.filter(isRunning)).toEqual([]);
    expect(await orders()).toEqual([ORDER]);
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
    expect(await orders()).toEqual([ORDER]);
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
    expect(await orders()).toEqual([]);
    // As Ctrl-C does: npm itself doesn't hand a signal on through a shell.
    process.kill(Number(running()[0]?.startedBy.pid), 'SIGINT');
    await once(npm, 'exit');
    await until('nothing is left', () => !everyone.some(isRunning), ENDED_WITHIN_MS);
  },
  2 * UP_WITHIN_MS,
);

function spawnNpm(...options: string[]): ChildProcess {
  const args = ['start', '--', '--no-tour', ...options];
  return spawn('npm', args, { cwd: ROOT, env: { ...environment(), ...settings } });
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

/** What the data folder's record says. */
function running(): Note[] {
  const folder = path.join(dataDir, 'run');
  return readdirSync(folder).map((file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Note);
}

function kill(identity: ProcessIdentity): void {
  if (isRunning(identity)) process.kill(identity.pid, 'SIGKILL');
}

async function orders(): Promise<{ order_id: string; state: string }[]> {
  const database = new Client({
    connectionString: `postgresql://sagaline:sagaline@127.0.0.1:${settings['POSTGRES_PORT'] ?? ''}/sagaline`,
  });
  await database.connect();
  const { rows } = await database.query<{ order_id: string; state: string }>(
    'select order_id, state from orders.orders',
  );
  await database.end();
  return rows;
}
