import { randomBytes } from 'node:crypto';
import {
  closedForGood,
  connectNats,
  createDeadLetters,
  createStreamReader,
  DEAD_LETTERS_STREAM,
  natsIsUp,
  natsRole,
  onceInStream,
  OVERFLOW_STREAM,
  streamsAreReady,
  watchFill,
  withOverflow,
} from '../../adapters/nats';
import { connectDatabase, databaseIsUp, databaseIsWritable } from '../../adapters/postgres';
import { streamMetrics, subscriptionMetrics } from '../../adapters/prometheus';
import { openPersonalData } from '../../security/personal';
import { runSubscription, sharedGroups } from '../../subscriptions';
import { createInEventSpan, untraced } from '../../tracing';
import type { Role } from '../role';
import { databaseAddress } from '../settings';
import { system } from '../system';
import { watchWork } from './work-watch';
import { roleSignatures } from './signatures';

/** Brings events from the stream to the handlers of all subscriptions. */
export const subscriber: Role = async ({ app, config, catalogue, registry, tracing = untraced, log }) => {
  const role = natsRole('subscriber');
  const { name } = role;
  const nats = await connectNats({ ...config.nats, ...role, log });
  const database = connectDatabase({
    url: databaseAddress(config),
    poolSize: config.DATABASE_POOL_SIZE,
    name,
    log,
  });
  const personal = openPersonalData(config.PERSONAL_DATA_KEYS_FILE, database, log);
  const bound = app.subscriptions?.({ database, personal }) ?? [];
  const unbound = catalogue.subscriptions.filter(
    (declared) => !bound.some(({ subscription }) => subscription.name === declared.name),
  );
  if (unbound.length > 0) {
    throw new Error(`no handler is bound to ${unbound.map((each) => each.name).join(', ')}`);
  }
  const fill = await watchFill(nats, log);
  streamMetrics(registry, fill.latest);
  const deadLetters = await createStreamReader(nats, DEAD_LETTERS_STREAM);
  const metrics = subscriptionMetrics(registry);
  const { checkSignature } = roleSignatures({ config, registry, log });
  const member = randomBytes(4).toString('hex');
  const running = await Promise.all(
    bound.map((subscribed) =>
      runSubscription(nats, {
        subscribed,
        database,
        member,
        catalogue,
        checkSignature,
        deadLetters: withOverflow(
          nats,
          onceInStream(
            createDeadLetters(nats.jetstream(), () => new Date()),
            deadLetters,
          ),
          { log },
        ),
        metrics: metrics(subscribed.subscription.name),
        inEventSpan: createInEventSpan(tracing),
        provision: config.PROVISION,
        surroundings: () => databaseIsUp(database),
        attempts: config.SUBSCRIPTION_ATTEMPTS,
        log,
        ...system,
      }),
    ),
  );

  const work = watchWork({ nats, groups: sharedGroups(catalogue) });

  return {
    checks: {
      nats: () => natsIsUp(nats),
      streams: () => streamsAreReady(nats),
      partitions: () => running.every((each) => each.consumes()),
      postgres: () => databaseIsUp(database),
      'postgres-writable': () => databaseIsWritable(database),
      'dead-letters-have-room': () => fill.hasRoom(DEAD_LETTERS_STREAM) || fill.hasRoom(OVERFLOW_STREAM),
    },
    degraded: () => ({ ...fill.degraded(), ...work.degraded() }),
    stop: async () => {
      await Promise.all(running.map((each) => each.stop()));
      await work.stop();
      await fill.stop();
      await database.end();
      await nats.drain();
    },
    failed: closedForGood(nats),
  };
};
