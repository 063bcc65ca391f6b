import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { StackOptions } from '../../src/dev/stack';
import { freePorts } from '../../src/dev/stack';
import type { ProcessIdentity } from '../../src/dev/stack/identity';
import { isRunning } from '../../src/dev/stack/identity';
import { FROM_SOURCES } from './quick-start';

/** A stack and one role in their own process, which a test kills so that it cannot end the others. */
export interface DoomedRun {
  /** The processes by name, from the record in the data folder. */
  readonly processes: Readonly<Record<string, Note>>;
  /** Sends SIGKILL to the process that started everything. */
  kill(): Promise<void>;
  /** Sends SIGKILL to the watchdogs first, and then to that process. */
  killWithWatchdogs(): Promise<void>;
  /** Ends the processes that still run, at the end of a test that failed. */
  cleanUp(): void;
}

type Note = ProcessIdentity & { readonly name: string };

const ROOT = path.resolve(__dirname, '../..');
export const ROLE = 'role:doomed';

/** Long enough that the next start comes in between. */
const FINISHING_MS = 3_000;

/** The role answers its health check. After one request to end it takes some time; after a second one it ends at once. */
export async function startDoomedRun(options: StackOptions): Promise<DoomedRun> {
  const [port = 0] = await freePorts(1);
  const role = `
    require('node:http').createServer((_, answer) => answer.end()).listen(${port}, '127.0.0.1');
    process.once('SIGTERM', () => {
      console.log('asked to end');
      setTimeout(() => { console.log('ended in order'); process.exit(0); }, ${FINISHING_MS});
    });`;
  const program = `
    const { startStack } = require('./src/dev/stack');
    const { startProcesses } = require('./src/dev/processes');
    const options = ${JSON.stringify(options)};
    const log = () => undefined;
    const role = { name: '${ROLE}', command: process.execPath, args: ['-e', ${JSON.stringify(role)}], env: {},
      readyUrl: 'http://127.0.0.1:${port}' };
    startStack({ ...options, log, onUnexpectedExit: log })
      .then(({ record }) => startProcesses({ groups: [[role]], folder: options.dataDir,
        logFolder: options.dataDir + '/logs', log, record }))
      .then(() => console.log('up'));`;
  const parent = spawn(process.execPath, [...FROM_SOURCES, '-e', program], {
    cwd: ROOT,
    env: { PATH: options.searchPath },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const up = await Promise.race([once(parent.stdout, 'data'), once(parent, 'exit')]);
  if (!String(up[0]).startsWith('up')) throw new Error('the doomed run has ended before it was up');

  const notes = notesIn(options.dataDir);
  const kill = (note: Note) => isRunning(note) && process.kill(note.pid, 'SIGKILL');
  const killStarter = async () => {
    parent.kill('SIGKILL');
    await once(parent, 'exit');
  };
  return {
    processes: Object.fromEntries(notes.map((note) => [note.name, note])),
    kill: killStarter,
    killWithWatchdogs: async () => {
      notes.filter(({ name }) => name === 'watchdog').forEach(kill);
      await killStarter();
    },
    cleanUp: () => {
      if (parent.exitCode === null && parent.signalCode === null) parent.kill('SIGKILL');
      notes.forEach(kill);
    },
  };
}

function notesIn(dataDir: string): Note[] {
  const folder = path.join(dataDir, 'run');
  return readdirSync(folder).map((file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Note);
}
