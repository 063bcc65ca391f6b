/**
 * The views of one article, counted by the shop's batcher and by a batch subscription: the processor time of all processes for each, on
 * the same servers. For the decision in docs/adr/0064. `npm run test:full -- views [events]`
 */
import { randomUUID } from 'node:crypto';
import type { NatsConnection } from 'nats';
import { cpuSeconds, cpuSecondsOfFamily } from '../../bench/proc';
import { say } from '../../demo/command-line';
import { shop } from '../../domains/shop';
import { articleViewed } from '../../domains/shop/events';
import { connectNats, provisionConsumers, provisionStreams } from '../../src/adapters/nats';
import type { Database } from '../../src/adapters/postgres';
import { connectDatabase } from '../../src/adapters/postgres';
import { migrate } from '../../src/adapters/postgres/migrate';
import { createCatalogue, defineSubscription } from '../../src/contracts';
import { loadApp } from '../../src/runtime/load';
import { migrationsOf } from '../../src/runtime/migrations';
import { sharedGroups, subscribe } from '../../src/subscriptions';
import { quietRuntime } from '../../src/testing';
import { countViews, publishViews, viewsOf } from '../shop/support/views';
import buildBundles from '../support/setup/bundles';
import { prepared } from '../support/setup/handover';
import { silentLog } from '../support/log';
import { startMember } from '../support/subscriptions';
import { until } from '../support/until';
import { numberGiven } from './number';
import { withStack } from './stack';

const EVENTS = 4_500;
const STREAM_BYTES = 256 * 1024 * 1024;
const WITHIN_MS = 10 * 60_000;

const views = defineSubscription({
  name: 'views',
  mode: 'shared',
  batch: { size: 500, withinMs: 250 },
  events: [articleViewed],
});

async function main(events: number): Promise<void> {
  quietRuntime();
  await buildBundles();
  await withStack({}, async ({ natsUrl: url, temporalAddress, databaseUrl, pids }) => {
    await migrate(databaseUrl, migrationsOf(loadApp()), silentLog);
    const connection = await connectNats({ url, name: 'views', log: silentLog });
    await provisionStreams(connection, { replicas: 1, maxBytes: STREAM_BYTES });
    const database = connectDatabase({ url: databaseUrl, poolSize: 10, name: 'views', log: silentLog });
    /** Processor seconds of this process (bridge, workers or subscription, and the publisher) and of the servers. */
    const spent = () => ({
      ours: cpuSeconds(process.pid),
      nats: cpuSeconds(pids['nats'] ?? 0),
      temporal: cpuSeconds(pids['temporal'] ?? 0),
      postgres: cpuSecondsOfFamily(pids['postgres'] ?? 0),
    });
    const tell = (what: string, before: ReturnType<typeof spent>, after: ReturnType<typeof spent>) => {
      const parts = (Object.keys(before) as (keyof typeof before)[]).map((part) => ({
        part,
        ms: ((after[part] - before[part]) * 1_000) / events,
      }));
      const sum = parts.reduce((total, { ms }) => total + ms, 0);
      const each = parts.map(({ part, ms }) => `${part} ${ms.toFixed(2)}`).join(', ');
      say(`${what}: ${sum.toFixed(2)} ms of a processor for a view (${each})`);
    };

    let before = spent();
    let after = before;
    const batched = await countViews({
      nats: { url, connection },
      temporalAddress,
      database,
      events,
      bundle: prepared('bundles').product,
      withinMs: WITHIN_MS,
      onCounted: () => (after = spent()),
    });
    say(`batcher: ${batched.views} views of ${events} in ${batched.seconds.toFixed(0)} s`);
    tell('batcher', before, after);

    before = spent();
    const subscribed = await subscribeToViews({ url, connection, database, events });
    after = spent();
    say(`batch subscription: ${subscribed.views} views of ${events} in ${subscribed.seconds.toFixed(0)} s`);
    tell('batch subscription', before, after);
    if (batched.views !== events || subscribed.views !== subscribed.sent) process.exitCode = 1;
    await connection.close();
    await database.end();
  });
}

/** A view that is published again under another message id is another message: it counts again. */
async function subscribeToViews(options: {
  readonly url: string;
  readonly connection: NatsConnection;
  readonly database: Database;
  readonly events: number;
}) {
  const { url, connection, database, events } = options;
  const domain = { ...shop, subscriptions: [views] };
  await provisionConsumers(connection, sharedGroups(createCatalogue([domain])), {
    replicas: 1,
    patience: (work) => work(),
  });
  const sku = `VIEWED-${randomUUID().slice(0, 8).toUpperCase()}`;
  const member = await startMember({
    ...{ url, member: 'views', database, domain, counts: false },
    subscribed: subscribe(views, {
      handle: async (viewed, transaction) => {
        const mine = viewed.filter(({ key }) => key === sku);
        if (mine.length === 0) return;
        await transaction.query(
          `insert into inventory.demand as known (sku, views, last_viewed_at) values ($1, $2, $3)
           on conflict (sku) do update
             set views = known.views + excluded.views,
                 last_viewed_at = greatest(known.last_viewed_at, excluded.last_viewed_at)`,
          [
            sku,
            mine.length,
            mine
              .map(({ data }) => data.viewedAt)
              .sort()
              .at(-1),
          ],
        );
      },
    }),
  });
  try {
    const began = performance.now();
    const sent = await publishViews(connection, sku, events);
    await until(`${sent} views`, async () => (await viewsOf(database, sku)) >= sent, WITHIN_MS);
    return { sent, views: await viewsOf(database, sku), seconds: (performance.now() - began) / 1_000 };
  } finally {
    await member.stop();
  }
}

void main(numberGiven('events', EVENTS));
