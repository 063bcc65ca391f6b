import { setTimeout as sleep } from 'node:timers/promises';
import { createLog } from '../src/adapters/log';
import { createRegistry } from '../src/adapters/prometheus';
import { InvalidConfigError } from '../src/config';
import type { Log } from '../src/contracts';
import { createCatalogue } from '../src/contracts';
import { domains } from '../src/domains';
import type { Checks, Health } from '../src/gateway';
import { serveHealth, STOPPING } from '../src/gateway';
import type { AppConfig } from './config';
import { appConfig } from './config';
import { deploy } from './deploy';
import { listening } from './listening';
import { provision } from './provision';
import { providersOf, roles } from './roles';

/** Exit code for a command line or configuration that cannot work: starting again would not help. */
const MISCONFIGURED = 2;

/** Not roles: each does its work and ends. */
const ERRANDS: Readonly<Record<string, (config: AppConfig, log: Log) => Promise<void>>> = {
  provision: async (config, log) => {
    await provision(config, log);
    log.info({}, 'streams, search attributes and tables are there');
  },
  deploy: async (config, log) => {
    await deploy(config, log);
    log.info({}, 'the versions of all worker pools are current');
  },
};

/**
 * A role that has not stopped by then ends as it is: what it had in hand is redelivered, or tried again. `SHUTDOWN_DELAY_MS` is
 * part of it. More than a worker's grace of ten seconds; less than the 15 s that the local stack waits before it kills, and
 * Kubernetes' 30 s. Docker's own 10 s are too few: `stop_grace_period: 20s`.
 */
const STOP_WITHIN_MS = 14_000;
/** npm passes on the Ctrl-C that the terminal has sent already: so soon after the first, a second signal is the same. */
const SAME_SIGNAL_MS = 1_000;

/** Runs one role until it is told to stop: `tsx workers/main.ts bridge`. */
async function main(name = ''): Promise<void> {
  const role = roles[name];
  const errand = ERRANDS[name];
  if (!role && !errand) {
    complain(`usage: main.ts <role>, with one of ${Object.keys({ ...roles, ...ERRANDS }).join(', ')}`);
    return;
  }
  const catalogue = createCatalogue(domains);
  const config = appConfig(providersOf(name, catalogue));
  const log = createLog({ role: name, level: config.LOG_LEVEL, format: config.LOG_FORMAT });
  if (!role) {
    await errand?.(config, log);
    return;
  }
  const registry = createRegistry(name);

  // A role that waits for a server says what it waits for, and can be told to stop.
  const { asked, insisted } = signals();
  let checks: Checks = { started: () => false };
  let degraded: NonNullable<Health['degraded']> = () => ({});
  const health = {
    checks: () => checks,
    degraded: () => degraded(),
    metrics: () => registry.metrics(),
  };
  const stopHealth = await serveHealthOf(name, config, health);
  const running = await Promise.race([role({ config, catalogue, registry, log }), asked]);
  if (typeof running === 'string') {
    log.info({ signal: running }, `${name} stops before it has started`);
    process.exit(0);
  }
  checks = running.checks;
  degraded = running.degraded ?? degraded;
  log.info({}, `${name} has started`);

  try {
    const signal = await Promise.race([asked, running.failed ?? new Promise<never>(() => undefined)]);
    log.info({ signal }, `${name} stops: it finishes what it has in hand`);
  } catch (error) {
    log.error({ err: error }, `${name} cannot go on`);
    process.exitCode = 1;
  }
  checks = { ...running.checks, ...STOPPING };
  running.failed?.catch(() => undefined);
  const end = (why: string) => {
    log.error({}, `${name} ends with work in hand: ${why}`);
    process.exit(1);
  };
  void insisted.then((signal) => end(`told to, by a second ${signal}`));
  setTimeout(() => end(`it has not stopped within ${STOP_WITHIN_MS / 1_000} s`), STOP_WITHIN_MS).unref();
  if (running.leave) {
    running.leave();
    await sleep(config.SHUTDOWN_DELAY_MS);
  }
  await running.stop();
  await stopHealth();
  log.info({}, `${name} has stopped`);
}

/** The gateway has health at its own door; every other role where it is told to. */
async function serveHealthOf(name: string, config: AppConfig, health: Health): Promise<() => Promise<void>> {
  const port = name === 'gateway' ? undefined : config.HEALTH_PORT;
  if (port === undefined) return () => Promise.resolve();
  return listening('HEALTH_PORT', { host: config.HEALTH_HOST, port }, (at) => serveHealth(health, at));
}

/** The wish to stop, and the wish to stop at once: a second signal. */
function signals(): { asked: Promise<NodeJS.Signals>; insisted: Promise<NodeJS.Signals> } {
  const [asked, insisted] = [promised<NodeJS.Signals>(), promised<NodeJS.Signals>()];
  let first: number | undefined;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      first ??= performance.now();
      asked.resolve(signal);
      if (performance.now() - first > SAME_SIGNAL_MS) insisted.resolve(signal);
    });
  }
  return { asked: asked.promise, insisted: insisted.promise };
}

function promised<Value>(): { promise: Promise<Value>; resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((resolved) => (resolve = resolved));
  return { promise, resolve };
}

function complain(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = MISCONFIGURED;
}

main(process.argv[2]).catch((error: unknown) => {
  if (error instanceof InvalidConfigError) {
    complain(error.message);
    // What the role has opened by then would keep the process.
    process.exit();
  }
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
