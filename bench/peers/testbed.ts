// The servers of all sides, all running on loopback, each on disk, and the sides that use them.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { environment, readConfig } from '../../src/config';
import { freePorts, startStack } from '../../src/dev/stack';
import type { Stack } from '../../src/dev/stack';
import { startWatchdog } from '../../src/dev/stack/watchdog';
import { provision } from '../../src/runtime/provision';
import { startRestate } from './restate/server';
import type { Child, Member, Script, Side } from './side';
import { startChild } from './side';

/** The name of our side that receives events. */
const BRIDGED = 'Sagaline by its bridge';

/** What the sides run on; each side is made when its function is called. */
export interface Testbed {
  readonly databaseUrl: string;
  readonly sagaline: () => Promise<Side>;
  /** Sagaline with events that are published to the stream: the same worker, and a bridge. */
  readonly bridged: () => Promise<Side>;
  readonly restate: () => Promise<Side>;
  readonly dbos: () => Promise<Side>;
}

export async function inTestbed<Result>(act: (testbed: Testbed) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sagaline-peers-'));
  const [nats = 0, temporal = 0, temporalUi = 0, temporalHttp = 0, temporalMetrics = 0, postgres = 0] =
    await freePorts(6);
  const settings = {
    DATA_DIR: folder,
    NATS_PORT: String(nats),
    TEMPORAL_PORT: String(temporal),
    POSTGRES_PORT: String(postgres),
    LOG_LEVEL: 'warn',
    // As in production.
    WORKFLOW_PROMISE_TRACES: 'off',
    PATH: environment()['PATH'] ?? '',
  };
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  try {
    const config = readConfig(settings, { providers: [] });
    const stack = await startStack({
      dataDir: folder,
      ports: { nats, temporal, temporalUi, temporalHttp, temporalMetrics, postgres },
      namespace: config.TEMPORAL_NAMESPACE,
      searchPath: settings.PATH,
      external: {},
      log: () => undefined,
      onUnexpectedExit: (server, detail) => process.stderr.write(`${server} has ${detail}\n`),
    });
    try {
      await provision({ domains: [], pools: {}, root: __dirname }, config, silent);
      return await actOn(stack, settings, folder, act);
    } finally {
      await stack.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function actOn<Result>(
  stack: Stack,
  settings: Readonly<Record<string, string>>,
  folder: string,
  act: (testbed: Testbed) => Promise<Result>,
): Promise<Result> {
  const { databaseUrl, record } = stack;
  const server = (name: string, key: string): Member => ({ name, pid: stack.pids[key] ?? 0 });
  const [postgres, temporal] = [server('PostgreSQL', 'postgres'), server('Temporal', 'temporal')];
  const ends: (() => Promise<void>)[] = [];
  // A stopped process would not notice that this program has ended.
  const watchdog = startWatchdog(record);
  ends.push(() => watchdog.close());
  const start = async (script: Script) => {
    const child = await startChild(script);
    watchdog.guard(child.pid, 'SIGKILL');
    ends.push(async () => {
      await child.stop();
      watchdog.release(child.pid);
    });
    return child;
  };
  const env = { ...settings, DATABASE_URL: databaseUrl };
  const role = async (name: string) => start({ file: `sagaline/${name}.ts`, env });
  const member = (name: string, { pid }: Child): Member => ({ name, pid });
  let started: Promise<Child> | undefined;
  const worker = async () => member('worker', await (started ??= role('worker')));
  try {
    return await act({
      databaseUrl,
      sagaline: async () => {
        const working = await worker();
        const starter = await role('starter');
        return {
          name: 'Sagaline',
          members: [temporal, postgres, working, member('starter', starter)],
          starter,
        };
      },
      bridged: async () => {
        const working = await worker();
        const bridge = member('bridge', await role('bridge'));
        const starter = await role('publisher');
        const own = [server('NATS', 'nats'), bridge, member('publisher', starter)];
        return { name: BRIDGED, members: [temporal, postgres, working, ...own], starter };
      },
      restate: async () => {
        const restate = await startRestate({
          folder,
          databaseUrl,
          record,
          path: settings['PATH'] ?? '',
          start,
        });
        ends.unshift(() => restate.stop());
        return restate.side(postgres);
      },
      dbos: async () => {
        const starter = await start({ file: 'dbos/app.mjs', args: [databaseUrl] });
        const app = member('app', starter);
        return { name: 'DBOS', members: [postgres, app], starter, restless: app };
      },
    });
  } finally {
    // The processes that were started last end first, because they use the others.
    for (const end of ends.reverse()) await end();
  }
}
