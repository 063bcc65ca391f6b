import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { environment } from '../src/config';
import { startProcesses } from '../src/dev/processes';
import { freePorts, startStack } from '../src/dev/stack';
import type { AppConfig } from '../workers/config';
import { appConfig } from '../workers/config';
import { provision } from '../workers/provision';

const ROOT = path.resolve(__dirname, '..');
/** The bridge may run ahead of workers that are not there: here nobody waits for them. */
const ANY_BACKLOG = '10000000';

/** What a world is to be like. */
export interface WorldOptions {
  /** A stub of Temporal that answers every call after so long, instead of Temporal itself. */
  readonly stubMs?: number;
  /** Node's own options for the bridge's process. */
  readonly nodeArgs?: readonly string[];
}

/** Servers with the durable settings of `npm start`, and one bridge process. */
export interface World {
  readonly config: AppConfig;
  readonly bridgePid: number;
}

export async function inWorld<Result>(
  act: (world: World) => Promise<Result>,
  { stubMs, nodeArgs = [] }: WorldOptions = {},
): Promise<Result> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sagaline-bench-'));
  const [
    nats = 0,
    temporal = 0,
    temporalUi = 0,
    temporalHttp = 0,
    temporalMetrics = 0,
    postgres = 0,
    health = 0,
  ] = await freePorts(7);
  const settings = {
    DATA_DIR: folder,
    NATS_PORT: String(nats),
    TEMPORAL_PORT: String(temporal),
    POSTGRES_PORT: String(postgres),
    HEALTH_PORT: String(health),
    BRIDGE_MAX_BACKLOG: ANY_BACKLOG,
    LOG_LEVEL: 'warn',
    PATH: environment()['PATH'] ?? '',
  };
  const config = appConfig([], settings);
  const stub = stubMs === undefined ? undefined : await startStub(temporal, stubMs);
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  try {
    const stack = await startStack({
      dataDir: folder,
      ports: { nats, temporal, temporalUi, temporalHttp, temporalMetrics, postgres },
      namespace: config.TEMPORAL_NAMESPACE,
      searchPath: settings.PATH,
      external: stub ? { temporalAddress: `127.0.0.1:${temporal}` } : {},
      log: () => undefined,
      onUnexpectedExit: (server, detail) => process.stderr.write(`${server} has ${detail}\n`),
    });
    try {
      await provision(config, silent);
      const processes = await startProcesses({
        groups: [
          [
            {
              name: 'bridge',
              command: process.execPath,
              args: [...nodeArgs, '--import', 'tsx', path.join('workers', 'main.ts'), 'bridge'],
              env: settings,
              readyUrl: `http://127.0.0.1:${health}/readyz`,
            },
          ],
        ],
        folder: ROOT,
        logFolder: path.join(folder, 'logs'),
        record: stack.record,
        log: (line) => process.stderr.write(`${line}\n`),
      });
      try {
        return await act({ config, bridgePid: processes.pids()['bridge'] ?? 0 });
      } finally {
        await processes.stop();
      }
    } finally {
      await stack.stop();
    }
  } finally {
    stub?.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

async function startStub(port: number, delayMs: number): Promise<ChildProcess> {
  const script = path.join(__dirname, 'temporal-stub.ts');
  const args = ['--import', 'tsx', script, String(port), String(delayMs)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}
