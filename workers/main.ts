import { createLog } from '../src/adapters/log';
import { createRegistry } from '../src/adapters/prometheus';
import { InvalidConfigError } from '../src/config';
import { createCatalogue } from '../src/contracts';
import { domains } from '../src/domains';
import { serveHealth } from '../src/gateway';
import { appConfig } from './config';
import { provision } from './provision';
import { roles } from './roles';

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
  const config = appConfig(catalogue);
  const log = createLog({ role: name, level: config.LOG_LEVEL, format: config.LOG_FORMAT });
  if (!role) {
    await provision(config, log);
    log.info({}, 'streams, search attributes and tables are there');
    return;
  }
  const registry = createRegistry(name);

  // Asked to stop while it is still starting, a role stops as soon as it has started.
  const asked = signalled();
  const running = await role({ config, catalogue, registry, log });
  const stopHealth =
    config.HEALTH_PORT === undefined || running.ownHealth
      ? undefined
      : await serveHealth(
          { checks: running.checks, metrics: () => registry.metrics() },
          { host: config.GATEWAY_HOST, port: config.HEALTH_PORT },
        );
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
  await stopHealth?.();
  log.info({}, `${name} has stopped`);
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
