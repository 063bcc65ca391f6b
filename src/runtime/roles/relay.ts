import {
  closedForGood,
  connectNats,
  createPublisher,
  natsIsUp,
  natsRole,
  EVENTS_STREAM,
  streamsAreReady,
  watchFill,
} from '../../adapters/nats';
import { connectDatabase, databaseIsUp, databaseIsWritable, openSession } from '../../adapters/postgres';
import { relayMetrics, streamMetrics } from '../../adapters/prometheus';
import { createSingleAttemptClient, tellRefusal } from '../../adapters/temporal';
import { OUTBOX_CHANNEL } from '../../effects';
import { outboxPolicy, outboxState, startRelay, tracedPublish } from '../../relay';
import { untraced } from '../../tracing';
import { relayHousekeeping } from '../housekeeping';
import { outboxWriters } from '../outbox-writers';
import type { Role } from '../role';
import { databaseAddress, directAddress, temporalSettings } from '../settings';
import { roleSignatures } from './signatures';

/** One connection for each lane, one for housekeeping and queries; the lock has a connection of its own. */
const POOL_SIZE = 3;

/** Publishes the rows of the outbox to the stream. */
export const relay: Role = async ({ app, config, catalogue, registry, tracing = untraced, log }) => {
  const role = natsRole('relay');
  const { name } = role;
  const nats = await connectNats({ ...config.nats, ...role, log });
  const database = connectDatabase({ url: databaseAddress(config), poolSize: POOL_SIZE, name, log });
  // Used for housekeeping only: without Temporal the relay keeps publishing.
  const settings = temporalSettings(config, app, log);
  const temporal = createSingleAttemptClient(settings);
  const endTelling = tellRefusal(temporal, settings, log);
  const metrics = relayMetrics(registry);
  let hasSession = true;
  const fill = await watchFill(nats, log);
  streamMetrics(registry, fill.latest);
  const running = startRelay({
    database,
    openSession: async () => {
      hasSession = false;
      const session = await openSession({ url: directAddress(config), name });
      hasSession = true;
      return session;
    },
    channel: OUTBOX_CHANNEL,
    publish: tracedPublish(
      createPublisher(nats.jetstream(), roleSignatures({ config, registry, log })),
      tracing,
    ),
    policy: outboxPolicy(catalogue, outboxWriters(app, config.DATABASE_ROLE_PREFIX)),
    reachable: () => natsIsUp(nats),
    metrics,
    housekeeping: relayHousekeeping({ app, database, temporal, config, log }),
    log,
  });
  metrics.active(() => running.active());
  metrics.outbox(() => outboxState(database));

  return {
    failed: closedForGood(nats),
    checks: {
      nats: () => natsIsUp(nats),
      streams: () => streamsAreReady(nats),
      postgres: () => databaseIsUp(database),
      'postgres-writable': () => databaseIsWritable(database),
      // The lock needs a session, which a transaction pooler does not give.
      'postgres-session': () => hasSession,
      'events-have-room': () => fill.hasRoom(EVENTS_STREAM),
    },
    degraded: fill.degraded,
    stop: async () => {
      await running.stop();
      await fill.stop();
      endTelling();
      await temporal.connection.close();
      await database.end();
      await nats.drain();
    },
  };
};
