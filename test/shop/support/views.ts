import { randomUUID } from 'node:crypto';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { NatsConnection } from 'nats';
import { headers } from 'nats';
import { createDemandActivities } from '../../../activities/shop/demand';
import { createPostgresDemand } from '../../../activities/shop/demand.postgres';

import { createPublisher } from '../../../src/adapters/nats';
import type { Database } from '../../../src/adapters/postgres';
import {
  createTemporalClient,
  createWorkflows,
  registerSearchAttributes,
} from '../../../src/adapters/temporal';
import { encodeEvent, STRUCTURED_CONTENT_TYPE } from '../../../src/contracts';
import { shop } from '../../../domains/shop';
import { articleViewed } from '../../../domains/shop/events';
import { TASK_QUEUES } from '../../../domains/shop/names';
import { startTestBridge } from '../../support/bridge';
import { until } from '../../support/until';

/** The results of many views of one article in the batcher `demand`, with bridge, workflow and database. */
export interface ViewCounts {
  /** Different events. */
  readonly published: number;
  readonly signals: number;
  readonly runs: number;
  readonly flushes: number;
  /** Counted in PostgreSQL. */
  readonly views: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** Each event whose number is a multiple of this is published once more, under another message id. */
const REPEATED_EVERY = 10;
/** Half of the repeats come at once, the other half after this many events: a batcher remembers 1,000. */
const MUCH_LATER = 1_500;

/** Publishes `events` views of one article, waits until all are counted, and replays every run of the batcher. */
export async function countViews(options: {
  readonly nats: { readonly url: string; readonly connection: NatsConnection };
  readonly temporalAddress: string;
  readonly database: Database;
  readonly events: number;
  /** File of the workflows. */
  readonly bundle: string;
  readonly withinMs: number;
  /** Called when all are counted, before the runs are replayed. */
  readonly onCounted?: () => void;
}): Promise<ViewCounts> {
  const { nats, temporalAddress: address, database, events, bundle, withinMs, onCounted } = options;
  // Other tests run the shop on fakes on the same server.
  const namespace = `views-${randomUUID()}`;
  const client = createTemporalClient({ address, namespace });
  await openNamespace(client);
  const connection = await NativeConnection.connect({ address });
  const stopWorkers = await startWorkers(connection, { namespace, database, bundle });
  const bridge = await startTestBridge({
    url: nats.url,
    name: 'views',
    domain: shop,
    temporalAddress: address,
    workflows: createWorkflows(client),
  });
  try {
    const began = performance.now();
    const sku = `VIEWED-${randomUUID().slice(0, 8).toUpperCase()}`;
    const sent = await publishViews(nats.connection, sku, events);
    await until(`${sent} events settled`, () => bridge.settled.length >= sent, withinMs);
    await until(`${events} views`, async () => (await viewsOf(database, sku)) >= events, withinMs);
    const seconds = (performance.now() - began) / 1_000;
    onCounted?.();
    const handle = client.workflow.getHandle(`demand-${sku}`);
    await handle.cancel();
    await handle.result();
    // The list of runs is slightly delayed.
    const { runs, signals, flushes } = await until('all signals found', async () => {
      const counts = await replayRuns(client, handle, bundle);
      return counts.signals >= sent && counts;
    });
    const views = await viewsOf(database, sku);
    const outcomes: Record<string, number> = {};
    for (const { outcome } of bridge.settled) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    return { published: events, signals, runs, flushes, views, outcomes, seconds };
  } finally {
    await bridge.stop();
    await stopWorkers();
    await connection.close();
    await client.connection.close();
  }
}

async function openNamespace(client: Client): Promise<void> {
  const { namespace } = client.options;
  const retention = { seconds: 86_400 as never };
  await client.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: retention });
  const isReady = () =>
    registerSearchAttributes(client).then(
      () => true,
      () => false,
    );
  await until('the namespace', isReady, 30_000);
}

async function startWorkers(
  connection: NativeConnection,
  { namespace, database, bundle }: { namespace: string; database: Database; bundle: string },
): Promise<() => Promise<void>> {
  const common = { connection, namespace };
  const workers = [
    await Worker.create({
      ...common,
      taskQueue: TASK_QUEUES.orders,
      workflowBundle: { codePath: bundle },
    }),
    await Worker.create({
      ...common,
      taskQueue: TASK_QUEUES.inventory,
      activities: createDemandActivities(createPostgresDemand(database)),
    }),
  ];
  const running = workers.map((worker) => worker.run());
  return async () => {
    for (const worker of workers) worker.shutdown();
    await Promise.all(running);
  };
}

/** @returns the number of messages: each tenth event is published twice */
export async function publishViews(connection: NatsConnection, sku: string, events: number): Promise<number> {
  const jetstream = connection.jetstream();
  const publish = createPublisher(jetstream);
  const viewOf = (n: number) => {
    const time = new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString();
    const data = { sku, viewedAt: time };
    return encodeEvent(
      { contract: articleViewed, id: `view-${sku}-${n}`, time, data },
      { source: '/test/web' },
    );
  };
  let repeats = 0;
  const again = async (n: number) => {
    const { subject, body } = viewOf(n);
    const head = headers();
    head.set('Content-Type', STRUCTURED_CONTENT_TYPE);
    await jetstream.publish(subject, body, { msgID: `again-${sku}-${n}`, headers: head });
    repeats += 1;
  };
  for (let n = 0; n < events; n++) {
    await publish(viewOf(n));
    if (n % (2 * REPEATED_EVERY) === 0) await again(n);
    const earlier = n - MUCH_LATER;
    if (earlier >= 0 && earlier % (2 * REPEATED_EVERY) === REPEATED_EVERY) await again(earlier);
  }
  for (let n = Math.max(events - MUCH_LATER, 0); n < events; n++) {
    if (n % (2 * REPEATED_EVERY) === REPEATED_EVERY) await again(n);
  }
  return events + repeats;
}

export async function viewsOf(database: Database, sku: string): Promise<number> {
  const [row] = await database.query('select views from inventory.demand where sku = $1', [sku]);
  return Number(row?.['views'] ?? 0);
}

/** Counts in the histories of all runs that can be listed by now; each must replay. */
async function replayRuns(
  client: Client,
  { workflowId }: WorkflowHandle,
  bundle: string,
): Promise<{ runs: number; signals: number; flushes: number }> {
  const counts = { runs: 0, signals: 0, flushes: 0 };
  const workflowBundle = { codePath: bundle };
  for await (const { runId } of client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    await Worker.runReplayHistory({ workflowBundle }, history, workflowId);
    counts.runs += 1;
    for (const event of history.events ?? []) {
      if (event.workflowExecutionSignaledEventAttributes) counts.signals += 1;
      if (event.activityTaskScheduledEventAttributes) counts.flushes += 1;
    }
  }
  return counts;
}
