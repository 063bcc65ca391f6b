import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  closedForGood,
  connectNats,
  consumeEvents,
  createDeadLetters,
  createSuspects,
  natsIsUp,
  startJanitor,
  streamsAreReady,
} from '../../src/adapters/nats';
import { bridgeMetrics } from '../../src/adapters/prometheus';
import {
  createPlainClient,
  createWorkflows,
  searchAttributesAreReady,
  temporalIsUp,
  watchBacklog,
} from '../../src/adapters/temporal';
import { createBridge } from '../../src/bridge';
import { PARTITIONS } from '../../src/contracts';
import type { Role } from '../role';
import { temporalSettings } from '../settings';

const DAY_MS = 24 * 60 * 60_000;
/** 132 bits: nobody finds two contents with the same one, and a workflow remembers a thousand. */
const CONTENT_HASH_LENGTH = 22;

/** Events from the stream to the workflows, and the stream's old events out of it. */
export const bridge: Role = async ({ config, catalogue, registry, log }) => {
  const nats = await connectNats({ url: config.NATS_URL, name: 'sagaline-bridge', log });
  const temporal = createPlainClient(temporalSettings(config));
  const core = createBridge({
    catalogue,
    workflows: createWorkflows(temporal),
    deadLetters: createDeadLetters(nats.jetstream(), () => new Date()),
    suspects: createSuspects(nats.jetstream(), { replicas: config.STREAM_REPLICAS }),
    metrics: bridgeMetrics(registry),
    log,
    concurrency: config.BRIDGE_CONCURRENCY,
    hash: (text) => createHash('sha256').update(text).digest('base64url').slice(0, CONTENT_HASH_LENGTH),
    clock: () => new Date(),
    now: () => performance.now(),
    random: Math.random,
    sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
  });
  const backlog = watchBacklog(temporal, {
    taskQueues: [...new Set(catalogue.routes.map(({ workflow }) => workflow.taskQueue))],
    most: config.BRIDGE_MAX_BACKLOG,
    fellBehind: () => core.fellBehind(),
  });
  const consumption = await consumeEvents(nats, {
    name: config.BRIDGE_NAME,
    handle: (delivery, stopping) => core.handle(delivery, stopping),
    log,
  });

  const janitor = startJanitor(nats, { retentionMs: config.EVENTS_RETENTION_DAYS * DAY_MS, log });

  return {
    checks: {
      nats: () => natsIsUp(nats),
      streams: () => streamsAreReady(nats),
      partitions: () => consumption.active() === PARTITIONS,
      temporal: () => temporalIsUp(temporal),
      'search-attributes': () => searchAttributesAreReady(temporal),
      ...Object.fromEntries(
        core.ways.map((way) => [`${way.kind}-${way.workflow}`, () => !core.isMisconfigured(way)]),
      ),
    },
    stop: async () => {
      await consumption.stop();
      await janitor.stop();
      await backlog.stop();
      await nats.drain();
      await temporal.connection.close();
    },
    failed: closedForGood(nats),
  };
};
