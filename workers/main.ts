import { createLog } from '../src/adapters/log';
import { createRegistry } from '../src/adapters/prometheus';
import { InvalidConfigError } from '../src/config';
import { createCatalogue } from '../src/contracts';
import { domains } from '../src/domains';
import type { Checks, Health } from '../src/gateway';
import { serveHealth } from '../src/gateway';
import type { AppConfig } from './config';
import { appConfig } from './config';
import { provision } from './provision';
import { providersOf, roles } from './roles';

/** Exit code for a command line or configuration that cannot work: starting again would not help. */
const MISCONFIGURED = 2;

/** Not a role: makes what the roles need, and ends. */
const PROVISION = 'provision';

/** Runs one role until it is told to stop: `tsx workers/main.ts bridge`. */
async function main(name: string | undefined): Promise<void> {
  const role = name === undefined ? undefined : roles[name];
  if (name === undefined || (!role && name !== PROVISION)) {
    complain(`usage: main.ts <role>, with one of ${[...Object.keys(roles), PROVISION].join(', ')}`);
    return;
  }
  const catalogue = createCatalogue(domains);
  const config = appConfig(providersOf(name, catalogue));
  const log = createLog({ role: name, level: config.LOG_LEVEL, format: config.LOG_FORMAT });
  if (!role) {
    await provision(config, log);
    log.info({}, 'streams, search attributes and tables are there');
    return;
  }
  const registry = createRegistry(name);

  // A role that waits for a server says what it waits for, and can be told to stop.
  const asked = signalled();
  let checks: Checks = { started: () => false };
  const health = { checks: () => checks, metrics: () => registry.metrics() };
  const stopHealth = await serveHealthOf(name, config, health);
  const running = await Promise.race([role({ config, catalogue, registry, log }), asked]);
  if (typeof running === 'string') {
    log.info({ signal: running }, `${name} stops before it has started`);
    process.exit(0);
  }
  checks = running.checks;
  log.info({}, `${name} has started`);

  try {
    const signal = await Promise.race([asked, running.failed ?? new Promise<never>(() => undefined)]);
    log.info({ signal }, `${name} stops: it finishes what it has in hand`);
  } catch (error) {
    log.error({ err: error }, `${name} cannot go on`);
    process.exitCode = 1;
  }
  running.failed?.catch(() => undefined);
  await running.stop();
  await stopHealth();
  log.info({}, `${name} has stopped`);
}

/** The gateway has health at its own door; every other role where it is told to. */
async function serveHealthOf(name: string, config: AppConfig, health: Health): Promise<() => Promise<void>> {
  const port = name === 'gateway' ? undefined : config.HEALTH_PORT;
  if (port === undefined) return () => Promise.resolve();
  return serveHealth(health, { host: config.HEALTH_HOST, port });
}

function signalled(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
  });
}

function complain(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = MISCONFIGURED;
}

main(process.argv[2]).catch((error: unknown) => {
  if (error instanceof InvalidConfigError) {
    complain(error.message);
    return;
  }
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
