// A run that was killed together with its watchdogs leaves servers and roles behind: the next start ends them.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { assertPortFree, FolderInUseError, PortTakenError, startStack } from '../../../src/dev/stack';
import type { Stack, StackOptions } from '../../../src/dev/stack';
import type { ProcessIdentity } from '../../../src/dev/stack/identity';
import { identify, isRunning } from '../../../src/dev/stack/identity';
import { ROLE, startDoomedRun, type DoomedRun } from '../../support/doomed-run';
import { FROM_SOURCES } from '../../support/quick-start';
import { messagesIn, publishOne, sql, stackOptions } from '../../support/stack';
import { until } from '../../support/until';

const ROOT = resolve(__dirname, '../../..');
// Two starts of everything take 5 s on an idle machine.
jest.setTimeout(90_000);

const NATS_ONLY = { external: { temporalAddress: 'not.started:1', databaseUrl: 'postgresql://not.started' } };

let dataDir: string;
let said: string[];
let cleanUps: (() => unknown)[];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sagaline-leftovers-'));
  said = [];
  cleanUps = [() => rm(dataDir, { recursive: true, force: true })];
});

afterEach(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
});

async function start(options: StackOptions): Promise<Stack> {
  const stack = await startStack({ ...options, log: (line) => said.push(line) });
  cleanUps.push(() => stack.stop());
  return stack;
}

async function doomedRun(options: StackOptions): Promise<DoomedRun> {
  const run = await startDoomedRun(options);
  cleanUps.push(() => run.cleanUp());
  return run;
}

/** A program that has nothing to do with us. */
async function stranger(): Promise<{ process: ChildProcess; identity: ProcessIdentity }> {
  const sleeper = spawn('sleep', ['600'], { stdio: 'ignore' });
  cleanUps.push(() => void sleeper.kill('SIGKILL'));
  await once(sleeper, 'spawn');
  const identity = identify(Number(sleeper.pid));
  if (identity === undefined) throw new Error('the stranger has no identity');
  return { process: sleeper, identity };
}

/** An identity whose process has ended. */
async function past(): Promise<ProcessIdentity> {
  const { process: sleeper, identity } = await stranger();
  sleeper.kill('SIGKILL');
  await once(sleeper, 'exit');
  return identity;
}

async function writeNote(pid: number, note: unknown): Promise<string> {
  const file = join(dataDir, 'run', `${pid}.json`);
  await mkdir(join(dataDir, 'run'), { recursive: true });
  await writeFile(file, typeof note === 'string' ? note : JSON.stringify(note));
  return file;
}

const noteOf = (identity: ProcessIdentity, startedBy: ProcessIdentity) => ({
  ...identity,
  name: 'NATS',
  turn: 1,
  stopSignal: 'SIGTERM',
  startedBy,
});

const roleLog = () => readFileSync(join(dataDir, 'logs', 'role-doomed.log'), 'utf8');

const leftoversEnded = () =>
  said.flatMap(
    (line) => /^ended (.+) \(pid (\d+)\), left over by a run that was killed$/.exec(line)?.slice(1, 3) ?? [],
  );

test('a start ends what a kill of run and watchdogs has left, roles first, and goes on with the data', async () => {
  const options = await stackOptions({ dataDir });
  const run = await doomedRun(options);
  await publishOne(`nats://127.0.0.1:${options.ports.nats}`);
  const database = `postgres://sagaline:sagaline@127.0.0.1:${options.ports.postgres}/sagaline`;
  await sql(database, 'create table kept (id int)', 'insert into kept values (7)');
  await run.killWithWatchdogs();
  const left = [ROLE, 'Temporal', 'NATS', 'PostgreSQL'].map((name) => run.processes[name]);
  expect(left.map((note) => note !== undefined && isRunning(note))).toEqual([true, true, true, true]);
  await expect(assertPortFree(options.ports.nats, 'NATS', 'none')).rejects.toBeInstanceOf(PortTakenError);

  const stack = await start(options);
  expect(leftoversEnded()).toEqual(left.flatMap((note) => [note?.name, String(note?.pid)]));
  expect(left.map((note) => note !== undefined && isRunning(note))).toEqual([false, false, false, false]);
  expect(roleLog()).toContain('ended in order');
  expect(await messagesIn(stack.natsUrl)).toBe(1);
  expect(await sql(stack.databaseUrl, 'select id from kept')).toEqual([{ id: 7 }]);

  await stack.stop();
  expect(readdirSync(join(dataDir, 'run'))).toEqual([]);
});

test('a start right after a kill leaves the ending to the watchdogs that do it already', async () => {
  const options = await stackOptions({ dataDir, ...NATS_ONLY });
  const run = await doomedRun(options);
  await run.kill();
  await start(options);
  expect(roleLog()).toContain('ended in order');
  // NATS ends at once, and is mostly gone before the start looks.
  expect(leftoversEnded().slice(0, 2)).toEqual([ROLE, String(run.processes[ROLE]?.pid)]);
});

test('a process that only has the id of one of ours is left alone', async () => {
  const { identity } = await stranger();
  const { pid } = identity;
  const note = await writeNote(pid, noteOf({ pid, started: `${identity.started}0` }, await past()));
  await start(await stackOptions({ dataDir, ...NATS_ONLY }));
  expect(isRunning(identity)).toBe(true);
  expect(leftoversEnded()).toEqual([]);
  expect(existsSync(note)).toBe(false);
});

test('the same process with its proof right is ended: what saves a stranger is the proof alone', async () => {
  const { identity } = await stranger();
  await writeNote(identity.pid, noteOf(identity, await past()));
  await start(await stackOptions({ dataDir, ...NATS_ONLY }));
  expect(isRunning(identity)).toBe(false);
  expect(leftoversEnded()).toEqual(['NATS', String(identity.pid)]);
});

test.each([
  ['cut off', '{"pid": 12'],
  [
    'a process group, or everybody',
    JSON.stringify(noteOf({ pid: -1, started: 'x' }, { pid: 2, started: 'x' })),
  ],
  ['another shape', '[]'],
])('a damaged note (%s) is told about once, and keeps nobody from starting', async (_, text) => {
  const file = await writeNote(4_000_000, text);
  const options = await stackOptions({ dataDir, ...NATS_ONLY });
  const first = await start(options);
  expect(said.filter((line) => line.includes(file) && line.includes('damaged'))).toHaveLength(1);
  await first.stop();
  await start(options);
  expect(said.filter((line) => line.includes('damaged'))).toHaveLength(1);
});

test("what a run has started that is still alive is nobody's leftover, even if its lock is not to be seen", async () => {
  const [server, starter] = [await stranger(), await stranger()];
  await writeNote(server.identity.pid, noteOf(server.identity, starter.identity));
  const options = await stackOptions({ dataDir, ...NATS_ONLY });
  await expect(start(options)).rejects.toBeInstanceOf(FolderInUseError);
  expect(isRunning(server.identity)).toBe(true);
});

test('whoever is killed before it has written a server down has started none', async () => {
  const marker = join(dataDir, 'started');
  const program = `
    const { startServer } = require('./src/dev/stack/child');
    const spec = { name: 'NATS', command: '/bin/sh', args: ['-c', 'echo > ${marker}'], env: {}, cwd: '/',
      logFile: '${join(dataDir, 'server.log')}', stopSignal: 'SIGTERM', ready: async () => undefined };
    const enter = ({ pid }) => {
      require('node:fs').writeSync(1, JSON.stringify(require('./src/dev/stack/identity').identify(pid)));
      process.kill(process.pid, process.argv[1]);
    };
    const watchdog = { guard() {}, release() {}, close() {} };
    startServer(spec, { log() {}, turn: 1, record: { enter, strike() {} }, watchdog, onUnexpectedExit() {} });`;
  const run = async (signal: string) => {
    const parent = spawn(process.execPath, [...FROM_SOURCES, '-e', program, signal], { cwd: ROOT });
    const [[line]] = await Promise.all([once(parent.stdout, 'data'), once(parent, 'exit')]);
    const child = JSON.parse(String(line)) as ProcessIdentity;
    await until('the child ends', () => !isRunning(child));
  };
  await run('SIGKILL');
  expect(existsSync(marker)).toBe(false);
  // The same, with a signal that does nothing: the child does become the server.
  await run('SIGCONT');
  expect(existsSync(marker)).toBe(true);
});
