import {
  closedForGood,
  connectNats,
  createPublisher,
  natsIsUp,
  streamsAreReady,
} from '../../src/adapters/nats';
import { connectDatabase, databaseIsUp, databaseIsWritable, openSession } from '../../src/adapters/postgres';
import { relayMetrics } from '../../src/adapters/prometheus';
import { OUTBOX_CHANNEL } from '../../src/effects';
import { forgetPublished, housekeeping, outboxState, startRelay } from '../../src/relay';
import type { Role } from '../role';

/** One for each lane, one for housekeeping and questions; the lock has a connection of its own. */
const POOL_SIZE = 3;
const DAY_MS = 24 * 60 * 60_000;

/** The outbox to the stream. */
export const relay: Role = async ({ config, registry, log }) => {
  const name = 'sagaline-relay';
  const nats = await connectNats({ url: config.NATS_URL, name, log });
  const database = connectDatabase({ url: config.DATABASE_URL, poolSize: POOL_SIZE, name, log });
  const metrics = relayMetrics(registry);
  let hasSession = true;
  const running = startRelay({
    database,
    openSession: async () => {
      hasSession = false;
      const session = await openSession({ url: config.DATABASE_DIRECT_URL, name });
      hasSession = true;
      return session;
    },
    channel: OUTBOX_CHANNEL,
    publish: createPublisher(nats.jetstream()),
    reachable: () => natsIsUp(nats),
    published: (count) => metrics.published(count),
    setAside: (count) => metrics.setAside(count),
    housekeeping: housekeeping(
      {
        outbox: () => forgetPublished(database, new Date(Date.now() - config.EVENTS_RETENTION_DAYS * DAY_MS)),
      },
      { log },
    ),
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
      // For the lock; a transaction pooler gives none.
      'postgres-session': () => hasSession,
    },
    stop: async () => {
      await running.stop();
      await database.end();
      await nats.drain();
    },
  };
};
