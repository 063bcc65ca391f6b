import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NatsRole } from '../src/adapters/nats';
import { natsRole } from '../src/adapters/nats';
import { environment } from '../src/config';
import { createCatalogue } from '../src/contracts';
import type { Processes } from '../src/dev/processes';
import { startProcesses } from '../src/dev/processes';
import { freePorts, startStack } from '../src/dev/stack';
import type { Config } from '../src/config';
import { appConfig } from '../src/runtime/config';
import { loadApp } from '../src/runtime/load';
import { secureStack } from '../src/runtime/local/secured';
import { provision } from '../src/runtime/provision';
import { silent } from './silent';
import type { Instead, TemporalInstead } from './temporal-instead';
import { startTemporalInstead } from './temporal-instead';
import { removeFolder } from '../src/files/remove-folder';

const ROOT = path.resolve(__dirname, '..');
/** The bridge must not slow down when tasks wait for a worker: in some testbeds no worker runs. */
const ANY_BACKLOG = '10000000';
/** The shop's scheduled work does not run during a measurement. */
const NOT_TODAY = String(24 * 60 * 60_000);

/** The options of a testbed. */
export interface CliContextOptions {
  /** A replacement of our Temporal. Default: the development server of the local stack */
  readonly temporal?: TemporalInstead | undefined;
  /** The processes that run from the beginning, as {@link Testbed.start} takes them. */
  readonly processes: readonly string[];
  /** Merged over the settings of all processes. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Whether everything is secured, as by `npm start -- --secure`. */
  readonly secure?: boolean;
}

/** Servers with the durable settings of `npm start`, and processes of Sagaline. */
export interface Testbed {
  readonly config: Config;
  /** How a role reaches NATS, and receives its answers. */
  readonly natsOf: (role: NatsRole) => Config['nats'] & Pick<ReturnType<typeof natsRole>, 'inboxPrefix'>;
  /** Where Temporal serves its metrics. */
  readonly temporalMetricsUrl: string;
  /**
   * Process ids of the servers (`nats`, `temporal`, `postgres`; with a production server `temporal-postgres`, which is its
   * own) and of the processes that are up.
   */
  pids(): Readonly<Record<string, number>>;
  /** The process id of one that is up. */
  pid(name: string): number;
  /**
   * Starts more processes, and resolves when they are ready: a role by its name in `sagaline run` (`worker:orders`), or one of
   * the benchmarks' own workers (`bench:sample`). A second process of a kind has a name with a number, `bridge#2`.
   */
  start(...names: string[]): Promise<Processes>;
  /** Where a process that was started serves its metrics. */
  metricsUrl(name: string): string;
  /** The replacement of our Temporal, if there is one. */
  readonly instead: Instead | undefined;
}

export async function inTestbed<Result>(
  options: CliContextOptions,
  act: (testbed: Testbed) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sagaline-bench-'));
  const ports = await stackPorts();
  const [gateway = 0, sandbox = 0] = await freePorts(2);
  const settings = {
    DATA_DIR: folder,
    NATS_PORT: String(ports.nats),
    TEMPORAL_PORT: String(ports.temporal),
    TEMPORAL_METRICS_PORT: String(ports.temporalMetrics),
    POSTGRES_PORT: String(ports.postgres),
    GATEWAY_PORT: String(gateway),
    SANDBOX_PORT: String(sandbox),
    BRIDGE_MAX_BACKLOG: ANY_BACKLOG,
    RECONCILE_EVERY_MS: NOT_TODAY,
    LOG_LEVEL: 'warn',
    // As in production.
    WORKFLOW_PROMISE_TRACES: 'off',
    PATH: environment()['PATH'] ?? '',
    ...options.settings,
  };
  const app = loadApp(ROOT);
  const secured = options.secure === true ? await secureStack(app, settings) : undefined;
  const settingsOf = (role: string) => ({ ...settings, ...secured?.settings, ...secured?.settingsOf(role) });
  const configOf = (role: string) => appConfig(app, createCatalogue(app.domains).providers, settingsOf(role));
  const config = configOf('operator');
  const namespace = config.TEMPORAL_NAMESPACE;
  const instead =
    options.temporal && (await startTemporalInstead(options.temporal, { ports, folder, namespace }));
  try {
    const stack = await startStack({
      dataDir: folder,
      ports,
      namespace,
      searchPath: settings.PATH,
      secured: secured?.servers,
      external: instead ? { temporalAddress: config.TEMPORAL_ADDRESS } : {},
      log: () => undefined,
      onUnexpectedExit: (server, detail) => process.stderr.write(`${server} has ${detail}\n`),
    });
    const started: Processes[] = [];
    const metricsUrls = new Map<string, string>();
    const start = async (...names: string[]) => {
      const healthPorts = await freePorts(names.length);
      for (const [at, name] of names.entries())
        metricsUrls.set(name, `http://127.0.0.1:${healthPorts[at] ?? 0}/metrics`);
      const processes = await startProcesses({
        groups: [names.map((name, at) => processOf(name, healthPorts[at] ?? 0, settingsOf))],
        folder: ROOT,
        logFolder: path.join(folder, 'logs'),
        record: stack.record,
        log: (line) => process.stderr.write(`${line}\n`),
      });
      started.push(processes);
      return processes;
    };
    const pids = () => {
      const servers = { ...stack.pids, ...instead?.pids };
      return Object.assign({ ...servers }, ...started.map((each) => each.pids())) as Record<string, number>;
    };
    try {
      await provision(app, configOf('provision'), silent);
      await start(...options.processes);
      return await act({
        config,
        natsOf: (role) => ({ ...configOf(role).nats, ...natsRole(role) }),
        temporalMetricsUrl: `http://127.0.0.1:${ports.temporalMetrics}/metrics`,
        pids,
        pid: (name) => running(pids(), name),
        metricsUrl: (name) => metricsUrls.get(name) ?? '',
        start,
        instead,
      });
    } finally {
      for (const processes of started.reverse()) await processes.stop();
      await stack.stop();
    }
  } finally {
    await instead?.stop();
    await removeFolder(folder);
  }
}

async function stackPorts() {
  const [nats = 0, temporal = 0, temporalUi = 0, temporalHttp = 0, temporalMetrics = 0, postgres = 0] =
    await freePorts(6);
  return { nats, temporal, temporalUi, temporalHttp, temporalMetrics, postgres };
}

function running(pids: Readonly<Record<string, number>>, name: string): number {
  const pid = pids[name];
  if (pid === undefined) throw new Error(`${name} is not up; ${Object.keys(pids).join(', ')} are`);
  return pid;
}

function processOf(
  name: string,
  port: number,
  settingsOf: (role: string) => Readonly<Record<string, string>>,
) {
  const [what = ''] = name.split('#');
  const args = what.startsWith('bench:')
    ? ['--import', 'tsx', path.join('bench', 'worker.ts'), what.slice('bench:'.length)]
    : [path.join('bin', 'sagaline.mjs'), 'run', what];
  return {
    name,
    command: process.execPath,
    args: ['--conditions=sagaline-source', ...args],
    env: { ...settingsOf(what), HEALTH_PORT: String(port) },
    readyUrl: `http://127.0.0.1:${port}/readyz`,
  };
}
