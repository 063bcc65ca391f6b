import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { createLog } from '../adapters/log';
import { createRegistry } from '../adapters/prometheus';
import { startTracing } from '../adapters/telemetry';
import { environment, InvalidConfigError, recordsSpans } from '../config';
import { createCatalogue, visible } from '../contracts';
import type { Checks, Health } from '../gateway';
import { serveHealth, STOPPING } from '../gateway';
import type { Config } from '../config';
import type { LoadedApp } from './app';
import { appConfig, getsPersonalData, settingsIn } from './config';
import { listening } from './listening';
import { REASONS } from './reasons';
import { databaseUseOf, providersOf, rolesOf, signatureNeedsOf } from './roles';
import { warnOfReadableFiles } from './readable-files';
import type { Role, RunningRole } from './role';
import { untilStopSignal } from './signals';
import { untraced } from '../tracing';
import { projectVersion } from './version';

/** Exit code when a role could not start for another reason: starting it again may help. */
const FAILED = 1;
/** Exit code when the command line or configuration cannot work: starting again would not help. */
const MISCONFIGURED = 2;

/**
 * A role that has not stopped after this time is ended: its work in flight is redelivered or retried. `SHUTDOWN_DELAY_MS` is part
 * of this time. It is more than a worker's grace of ten seconds, and less than the 15 s after which the local stack kills and
 * Kubernetes' 30 s. Docker's default of 10 s is too short: set `stop_grace_period: 20s`.
 */
const STOP_WITHIN_MS = 14_000;

/**
 * Runs one role until a stop signal. If the role cannot start, it logs the reason and the process exits: with 2 for a wrong
 * configuration, else with 1.
 */
export async function runRole(app: LoadedApp, name: string): Promise<void> {
  let mask = (text: string) => text;
  try {
    const role = roleIn(app, name);
    const config = appConfig(app, providersOf(app, name), environment(), {
      servesGateway: name === 'gateway',
      signatures: signatureNeedsOf(name),
      database: databaseUseOf(app, name),
      personalData: getsPersonalData(name),
    });
    mask = config.secrets.mask;
    await untilStopped(app, name, { role, config });
  } catch (error) {
    const isWrong = error instanceof InvalidConfigError;
    const why = isWrong ? error.message : `${name} cannot start: ${inspect(error)}`;
    process.stderr.write(`${visible(mask(why))}\n`);
    // Connections that the role has opened would keep the process alive, and a supervisor would take it for a running one.
    process.exit(isWrong ? MISCONFIGURED : FAILED);
  }
}

function roleIn(app: LoadedApp, name: string): Role {
  const roles = rolesOf(app);
  const role = roles[name];
  if (!role) {
    throw new InvalidConfigError([`there is no role "${name}", only ${Object.keys(roles).join(', ')}`]);
  }
  return role;
}

async function untilStopped(
  app: LoadedApp,
  name: string,
  { role, config }: { readonly role: Role; readonly config: Config },
): Promise<void> {
  const catalogue = createCatalogue(app.domains, settingsIn(config));
  const { LOG_LEVEL: level, LOG_FORMAT: format, secrets } = config;
  const log = createLog({ role: name, level, format, mask: secrets.mask });
  warnOfReadableFiles(environment(), log);
  const registry = createRegistry(name, projectVersion(app.root));

  const end = (why: string) => {
    log.error({}, `${name} ends with work in hand: ${why}`);
    process.exit(1);
  };
  // A role that waits for a server says what it waits for, and can be stopped.
  const asked = untilStopSignal((signal) => end(`told to, by a second ${signal}`));
  let checks: Checks = { started: () => false };
  let degraded: NonNullable<Health['degraded']> = () => ({});
  let more: NonNullable<RunningRole['metrics']> = () => Promise.resolve('');
  const health = {
    checks: () => checks,
    reasons: REASONS,
    degraded: () => degraded(),
    metrics: async () => [await registry.metrics(), await more()].join('\n'),
  };
  const stopHealth = await serveHealthOf(config, health);
  const serviceName = config.OTEL_SERVICE_NAME ?? `sagaline-${name.replace(':', '-')}`;
  const tracing = recordsSpans(config) ? startTracing({ serviceName, log }) : untraced;
  const running = await Promise.race([role({ app, config, catalogue, registry, tracing, log }), asked]);
  if (typeof running === 'string') {
    log.info({ signal: running }, `${name} stops before it has started`);
    process.exit(0);
  }
  checks = running.checks;
  degraded = running.degraded ?? degraded;
  more = running.metrics ?? more;
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
  setTimeout(() => end(`it has not stopped within ${STOP_WITHIN_MS / 1_000} s`), STOP_WITHIN_MS).unref();
  if (running.leave) {
    running.leave();
    await sleep(config.SHUTDOWN_DELAY_MS);
  }
  await running.stop();
  await tracing.stop();
  await stopHealth();
  log.info({}, `${name} has stopped`);
}

/** Health and metrics have a port of their own, which is not for the public: the gateway's tells nobody how it fares. */
async function serveHealthOf(config: Config, health: Health): Promise<() => Promise<void>> {
  const port = config.HEALTH_PORT;
  if (port === undefined) return () => Promise.resolve();
  return listening('HEALTH_PORT', { host: config.HEALTH_HOST, port }, (at) => serveHealth(health, at));
}
