import { spawn } from 'node:child_process';
import path from 'node:path';
import { environment } from '../../src/config';
import { freePorts } from '../../src/dev/stack';
import { startWatchdog } from '../../src/dev/stack/watchdog';
import { noRecord } from './no-record';
import { FROM_SOURCES } from './quick-start';
import { until } from './until';

/** One role of Sagaline as its own process, as it runs in production. */
export interface RoleProcess {
  readonly pid: number;
  /** Where it serves health and metrics. */
  readonly health: string;
  /** Its output so far. */
  output(): string;
  signal(signal: NodeJS.Signals): void;
  /** Resolves when the process ends; the exit code is `null` when a signal has ended it. */
  readonly ended: Promise<{ readonly code: number | null; readonly at: number }>;
}

export interface Roles {
  /** Resolves as soon as the process exists. */
  launch(name: string, settings?: Readonly<Record<string, string>>): Promise<RoleProcess>;
  /** Resolves when the role reports that it is ready. */
  start(name: string, settings?: Readonly<Record<string, string>>): Promise<RoleProcess>;
  /** Ends the processes that still run. */
  endAll(): Promise<void>;
  /** Ends the processes that still run, and the watchdog. */
  stop(): Promise<void>;
}

const ROOT = path.resolve(__dirname, '../..');
/** A project of this repository other than the shop: the engine's own tests run its roles. */
export const DEVICE_ALERTS = path.join(ROOT, 'examples/device-alerts');
/** It takes a second or two, and many times that on a busy machine, where a worker of workflows may have to bundle them first. */
const READY_WITHIN_MS = 80_000;

/** Not a role, but started like one. */
const PROVISION = 'provision';

/**
 * @param common settings of all roles; only PATH comes from this process
 * @param options.project folder of the project that has the roles; by default this repository, which is the shop's
 * @param options.entry the script that runs a role, when it is not the product's own
 * @param options.installed folder of a built project, whose roles run without the sources
 */
export function rolesWith(
  common: Readonly<Record<string, string>>,
  {
    project = ROOT,
    entry,
    installed,
  }: { readonly project?: string; readonly entry?: string; readonly installed?: string } = {},
): Roles {
  // If the test runner is killed, its children still end.
  const watchdog = startWatchdog(noRecord);
  const running = new Set<RoleProcess>();

  async function launch(name: string, settings: Readonly<Record<string, string>> = {}): Promise<RoleProcess> {
    const [healthPort = 0] = await freePorts(1);
    const env = { PATH: environment()['PATH'] ?? '', HEALTH_PORT: String(healthPort), LOG_FORMAT: 'json' };
    const command = name === PROVISION ? [] : ['run'];
    const script =
      entry === undefined ? [path.join(installed ?? ROOT, 'bin/sagaline.mjs'), ...command] : [entry];
    const how = installed === undefined ? FROM_SOURCES : [];
    const child = spawn(process.execPath, [...how, ...script, name], {
      cwd: installed ?? project,
      env: { ...env, ...common, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => (output += String(chunk)));
    }
    const role: RoleProcess = {
      pid: child.pid ?? 0,
      health: `http://127.0.0.1:${healthPort}`,
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
    return role;
  }

  async function start(name: string, settings?: Readonly<Record<string, string>>): Promise<RoleProcess> {
    const role = await launch(name, settings);
    await until(`${name} is ready`, () => isReady(`${role.health}/readyz`), READY_WITHIN_MS).catch(
      (cause: unknown) => {
        throw new Error(`${name} is not ready; it said:\n${role.output()}`, { cause });
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
    launch,
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
