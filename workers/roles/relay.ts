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
import { startRelay } from '../../src/relay';
import type { Role } from '../role';

/** A relay publishes one batch at a time; the lock has a connection of its own. */
const POOL_SIZE = 2;
const DAY_MS = 24 * 60 * 60_000;

/** The outbox to the stream. */
export const relay: Role = async ({ config, registry, log }) => {
  const name = 'sagaline-relay';
  const nats = await connectNats({ ...config.nats, name, log });
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
    published: (count) => metrics.published(count),
    retentionMs: config.EVENTS_RETENTION_DAYS * DAY_MS,
    log,
  });
  metrics.active(() => running.active());

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
