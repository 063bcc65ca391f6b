// The whole local stack of one checkout of this repository, started by its own command line.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { environment, readConfig } from '../../src/config';
import type { Config } from '../../src/config';
import { freePorts } from '../../src/dev/stack';
import { SOON } from '../saga/shop';

/** The first start of a checkout makes its bundles. */
const READY_WITHIN_MS = 120_000;
const LOOK_MS = 200;
/** The shop's scheduled work does not run during a measurement. */
const NOT_TODAY = String(24 * 60 * 60_000);
const ANY_NUMBER = '1000000';
const PORTS = [
  ...['NATS_PORT', 'TEMPORAL_PORT', 'TEMPORAL_UI_PORT', 'TEMPORAL_HTTP_PORT', 'TEMPORAL_METRICS_PORT'],
  ...['POSTGRES_PORT', 'SANDBOX_PORT', 'CONSOLE_PORT'],
];

/** A checkout that runs. */
export interface RunningTree {
  readonly config: Config;
  readonly gateway: string;
  /** The command; the servers and all processes are its descendants. */
  readonly pid: number;
}

/**
 * Runs every server and one process of each role of a checkout, from its sources and on an empty folder, while `act` runs.
 *
 * @param folder the checkout, with its packages installed
 * @param settings merged over the settings of all processes; a checkout ignores those that it does not know
 */
export async function withTree<Result>(
  folder: string,
  settings: Readonly<Record<string, string>>,
  act: (tree: RunningTree) => Promise<Result>,
): Promise<Result> {
  const data = await mkdtemp(path.join(tmpdir(), 'sagaline-at-once-'));
  const [health = 0, gateway = 0, ...ports] = await freePorts(2 + PORTS.length);
  const env = {
    ...Object.fromEntries(PORTS.map((name, at) => [name, String(ports[at])])),
    HEALTH_PORT: String(health),
    GATEWAY_PORT: String(gateway),
    ...SOON,
    DATA_DIR: data,
    LOG_LEVEL: 'warn',
    RECONCILE_EVERY_MS: NOT_TODAY,
    GATEWAY_REQUESTS_PER_MINUTE: ANY_NUMBER,
    GATEWAY_ADDRESS_REQUESTS_PER_MINUTE: ANY_NUMBER,
    PATH: environment()['PATH'] ?? '',
    ...settings,
  };
  const args = ['--conditions=sagaline-source', path.join('bin', 'sagaline.mjs'), 'start', '--no-tour'];
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  let said = '';
  child.stdout.on('data', (some) => (said += String(some)));
  try {
    const config = readConfig(env, { providers: [] });
    await ready(`http://127.0.0.1:${health}/readyz`, () => {
      if (child.exitCode !== null) throw new Error(`${folder} does not start:\n${said}`);
    });
    return await act({
      config,
      gateway: `http://127.0.0.1:${gateway}`,
      pid: child.pid ?? 0,
    });
  } finally {
    child.kill('SIGTERM');
    await ended;
    await rm(data, { recursive: true, force: true });
  }
}

async function ready(url: string, check: () => void): Promise<void> {
  const until = Date.now() + READY_WITHIN_MS;
  while (Date.now() < until) {
    check();
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok === true) return;
    await sleep(LOOK_MS);
  }
  throw new Error(`${url} is not ready after ${READY_WITHIN_MS / 1_000} s`);
}
