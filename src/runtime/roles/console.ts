import { userInfo } from 'node:os';
import {
  closedForGood,
  connectNats,
  createOperationLog,
  createPublisher,
  createRepublisher,
  createStreamReader,
  DEAD_LETTERS_STREAM,
  EVENTS_STREAM,
  natsIsUp,
  natsRole,
  OPERATIONS_STREAM,
  streamsAreReady,
} from '../../adapters/nats';
import { connectDatabase, databaseIsUp } from '../../adapters/postgres';
import { systemMetrics } from '../../adapters/prometheus';
import {
  createSingleAttemptClient,
  createTemporalClient,
  forecastOf,
  temporalIsUp,
} from '../../adapters/temporal';
import type { Config } from '../../config';
import { InvalidConfigError, isLoopback } from '../../config';
import { createConsole, loadAssets } from '../../console';
import { startObservability } from '../../observability';
import { openPersonalData } from '../../security/personal';
import { createAuthentication } from '../../security/tokens';
import { listening } from '../listening';
import type { Role } from '../role';
import { databaseAddress, temporalSettings } from '../settings';
import { switchableIn } from '../switchable';
import { system } from '../system';
import { watchedIn } from './watched';
import { roleSignatures } from './signatures';

const NAME = 'console';
/** People wait for pages; the audit takes one record after the other. */
const POOL_SIZE = 4;

/**
 * The operators' console. Without keys it is open, on a loopback address outside of production.
 *
 * @throws InvalidConfigError if it would be open to others
 */
export const operatorsConsole: Role = async ({ app: project, config, catalogue, registry, log }) => {
  const isOpen = opens(config);
  const nats = await connectNats({ ...config.nats, ...natsRole(NAME), log });
  const settings = temporalSettings(config, project, log);
  const temporal = createTemporalClient(settings);
  const watching = createSingleAttemptClient(settings);
  const database = connectDatabase({ url: databaseAddress(config), poolSize: POOL_SIZE, name: NAME, log });
  const personal = openPersonalData(config.PERSONAL_DATA_KEYS_FILE, database, log);
  const jetstream = nats.jetstream();
  const [events, deadLetters, operations] = await Promise.all(
    [EVENTS_STREAM, DEAD_LETTERS_STREAM, OPERATIONS_STREAM].map((stream) => createStreamReader(nats, stream)),
  );
  if (!events || !deadLetters || !operations) throw new Error('a stream has no reader');
  const signatures = roleSignatures({ config, registry, log });
  const watched = watchedIn(project, config, catalogue);
  const deadLetterParts = {
    catalogue,
    deadLetters,
    operations,
    append: createOperationLog(jetstream),
    republish: createRepublisher(jetstream),
    forecast: forecastOf.bind(undefined, temporal),
    clock: system.clock,
    ...signatures,
  };
  const observability = startObservability({
    ...watched,
    ...{ nats, temporal: watching, database },
  });
  systemMetrics(registry, () => observability.latest());
  const app = createConsole({
    context: {
      catalogue,
      processes: project.domains.flatMap(({ workflows }) => workflows),
      config: () => config,
      temporal: () => Promise.resolve(temporal),
      database: () => database,
      events: () => Promise.resolve(events),
      deadLetters: () => Promise.resolve(deadLetterParts),
      switchable: () => switchableIn(project),
      publisher: () => Promise.resolve(createPublisher(jetstream, signatures)),
      // The console itself belongs to no version.
      pools: () =>
        watched.pools.map(({ deployment, ...pool }) => ({
          ...pool,
          version: { deployment, buildId: undefined },
        })),
      personal: () => personal,
    },
    system: () => observability.latest(),
    throughput: () => observability.throughput(),
    assets: await loadAssets(),
    authenticate: isOpen ? undefined : createAuthentication(config.gatewayAccess, { now: Date.now, log }),
    user: isOpen ? userInfo().username : '',
    secureCookies: config.NODE_ENV === 'production',
    log,
    clock: system.clock,
  });
  const address = await listening(
    'CONSOLE_PORT',
    { host: config.CONSOLE_HOST, port: config.CONSOLE_PORT },
    (at) => app.listen(at),
  );
  log.info({ address }, 'the console listens');
  if (isOpen)
    log.warn({ address }, 'the console is open: anyone on this machine may use it (no API_KEYS_FILE)');
  return {
    checks: {
      nats: () => natsIsUp(nats),
      streams: () => streamsAreReady(nats),
      temporal: () => temporalIsUp(temporal),
      postgres: () => databaseIsUp(database),
    },
    failed: closedForGood(nats),
    stop: async () => {
      await app.close();
      await observability.stop();
      await Promise.all([temporal.connection.close(), watching.connection.close()]);
      await database.end();
      await nats.drain();
    },
  };
};

/** Whether nobody needs a token: as on the command line, that is so on a machine without keys. */
function opens({ NODE_ENV, CONSOLE_HOST, gatewayAccess: { apiKeysFile, jwt } }: Config): boolean {
  if (apiKeysFile !== undefined || jwt !== undefined) return false;
  if (NODE_ENV !== 'production' && isLoopback(CONSOLE_HOST)) return true;
  const where = NODE_ENV === 'production' ? 'in production' : `on ${CONSOLE_HOST}`;
  throw new InvalidConfigError([
    `the console needs tokens ${where}: set API_KEYS_FILE, or JWT_JWKS_URL with JWT_ISSUER and JWT_AUDIENCE`,
  ]);
}
