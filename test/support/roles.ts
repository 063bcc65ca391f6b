import { spawn } from 'node:child_process';
import path from 'node:path';
import { environment } from '../../src/config';
import { freePorts } from '../../src/dev/stack';
import { startWatchdog } from '../../src/dev/stack/watchdog';
import { noRecord } from './no-record';
import { until } from './until';

/** One role of Sagaline as a process of its own, as it runs in production. */
export interface RoleProcess {
  readonly pid: number;
  /** What it has written so far. */
  output(): string;
  signal(signal: NodeJS.Signals): void;
  /** Resolves at its end; the exit code is `null` when a signal has ended it. */
  readonly ended: Promise<{ readonly code: number | null; readonly at: number }>;
}

export interface Roles {
  /** Resolves when the role says that it is ready. */
  start(name: string, settings?: Readonly<Record<string, string>>): Promise<RoleProcess>;
  /** Ends what still runs. */
  endAll(): Promise<void>;
  /** The same, for the last time. */
  stop(): Promise<void>;
}

const ROOT = path.resolve(__dirname, '../..');
/** A second or two; many times that on a busy machine, where a worker of workflows may have to bundle them first. */
const READY_WITHIN_MS = 80_000;

/** @param common settings of all roles; none comes from this process but PATH. */
export function rolesWith(common: Readonly<Record<string, string>>): Roles {
  // Should the test runner be killed, its children end all the same.
  const watchdog = startWatchdog(noRecord);
  const running = new Set<RoleProcess>();

  async function start(name: string, settings: Readonly<Record<string, string>> = {}): Promise<RoleProcess> {
    const [healthPort = 0] = await freePorts(1);
    const env = { PATH: environment()['PATH'] ?? '', HEALTH_PORT: String(healthPort), LOG_FORMAT: 'json' };
    const child = spawn(process.execPath, ['--import', 'tsx', 'workers/main.ts', name], {
      cwd: ROOT,
      env: { ...env, ...common, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => (output += String(chunk)));
    }
    const role: RoleProcess = {
      pid: child.pid ?? 0,
      output: () => output,
      signal: (signal) => void child.kill(signal),
      ended: new Promise((resolve) => {
        child.once('exit', (code) => resolve({ code, at: performance.now() }));
      }),
    };
    watchdog.guard(role.pid, 'SIGTERM');
    running.add(role);
    void role.ended.then(() => {
      watchdog.release(role.pid);
      running.delete(role);
    });
    const port = name === 'gateway' ? settings['GATEWAY_PORT'] : healthPort;
    await until(`${name} is ready`, () => isReady(`http://127.0.0.1:${port}/readyz`), READY_WITHIN_MS).catch(
      (cause: unknown) => {
        throw new Error(`${name} is not ready; it said:\n${output}`, { cause });
      },
    );
    return role;
  }

  async function endAll(): Promise<void> {
    const left = [...running];
    for (const role of left) role.signal('SIGKILL');
    await Promise.all(left.map(({ ended }) => ended));
  }

  return {
    start,
    endAll,
    stop: async () => {
      await endAll();
      await watchdog.close();
    },
  };
}

async function isReady(url: string): Promise<boolean> {
  const answer = await fetch(url).catch(() => undefined);
  return answer?.ok === true;
}
