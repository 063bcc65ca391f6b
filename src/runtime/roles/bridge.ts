import {
  closedForGood,
  connectNats,
  consumeEvents,
  createDeadLetters,
  createRemover,
  createStreamReader,
  createPoisonMarks,
  DEAD_LETTERS_STREAM,
  natsIsUp,
  natsRole,
  OPERATIONS_STREAM,
  OVERFLOW_STREAM,
  startJanitor,
  startUnparking,
  streamsAreReady,
  watchFill,
  withOverflow,
} from '../../adapters/nats';
import { bridgeMetrics, streamMetrics } from '../../adapters/prometheus';
import {
  createPlainClient,
  createWorkflows,
  searchAttributesAreReady,
  tellRefusal,
  temporalIsUp,
  watchBacklog,
  watchWaiting,
} from '../../adapters/temporal';
import { createBridge, createWaitingQuota } from '../../bridge';
import type { Log } from '../../contracts';
import { PARTITIONS } from '../../contracts';
import type { ForgetParts } from '../../dead-letters';
import { forgetDeadLetters, forgetOldOperations } from '../../dead-letters';
import type { Config } from '../../config';
import { followPauses, readPausedRoutes } from '../../switches';
import { createInEventSpan, untraced } from '../../tracing';
import { settingsIn } from '../config';
import { placementIn } from '../placement';
import type { Role } from '../role';
import { temporalSettings } from '../settings';
import { system } from '../system';
import { watchWork } from './work-watch';
import { roleSignatures } from './signatures';

const DAY_MS = 24 * 60 * 60_000;

/** Dispatches events from the stream to the workflows, and removes old events from the stream. */
export const bridge: Role = async ({ app, config, catalogue, registry, tracing = untraced, log }) => {
  const nats = await connectNats({ ...config.nats, ...natsRole('bridge'), log });
  const settings = temporalSettings(config, app, log);
  const temporal = createPlainClient(settings);
  const endTelling = tellRefusal(temporal, settings, log);
  const fill = await watchFill(nats, log);
  streamMetrics(registry, fill.latest);
  const deadLetters = createDeadLetters(nats.jetstream(), () => new Date());
  const quota = createWaitingQuota({ most: config.BRIDGE_MAX_WAITING, log });
  const operations = await createStreamReader(nats, OPERATIONS_STREAM);
  const pausedRoutes = followPauses({
    ...{ kind: 'route', log, clock: system.clock },
    read: () => readPausedRoutes(operations),
  });
  const core = createBridge({
    catalogue,
    checkSignature: roleSignatures({ config, registry, log }).checkSignature,
    workflows: createWorkflows(temporal, placementIn(app)),
    deadLetters: withOverflow(nats, deadLetters, { log }),
    poisonMarks: createPoisonMarks(nats.jetstream(), {
      replicas: config.STREAM_REPLICAS,
      provision: config.PROVISION,
    }),
    inEventSpan: createInEventSpan(tracing),
    hook: app.dispatch?.({ settingsOf: settingsIn(config), registry, log }),
    pausedRoutes,
    quota,
    metrics: bridgeMetrics(registry),
    log,
    concurrency: config.BRIDGE_CONCURRENCY,
    ...system,
  });
  const taskQueues = [...new Set(catalogue.routes.map(({ workflow }) => workflow.taskQueue))];
  const backlog = watchBacklog(temporal, {
    taskQueues,
    most: config.BRIDGE_MAX_BACKLOG,
    fellBehind: () => core.fellBehind(),
  });
  const waiting = watchWaiting(temporal, {
    routes: catalogue.routes,
    counted: (count) => quota.counted(count),
    log,
  });
  const consumption = await consumeEvents(nats, {
    name: config.BRIDGE_NAME,
    provision: config.PROVISION,
    ahead: true,
    handle: core.handle,
    log,
  });

  const work = watchWork({
    nats,
    groups: [{ name: config.BRIDGE_NAME }],
    workflows: { temporal, taskQueues },
  });

  const { natsHousekeeping } = config;
  // A user of its own, because the bridge's may not remove anything.
  const housekeeping = natsHousekeeping
    ? await connectNats({ ...natsHousekeeping, ...natsRole('housekeeping'), log })
    : nats;
  const unparking = startUnparking(nats, deadLetters, log, { removing: housekeeping });
  const janitor = startJanitor(housekeeping, {
    retentionMs: config.EVENTS_RETENTION_DAYS * DAY_MS,
    also: forgetOldDeadLetters(await forgetParts(housekeeping), config, log),
    log,
  });

  return {
    checks: {
      nats: () => natsIsUp(nats),
      streams: () => streamsAreReady(nats),
      partitions: () => consumption.active() === PARTITIONS,
      temporal: () => temporalIsUp(temporal),
      switches: () => pausedRoutes.isKnown(),
      'search-attributes': () => searchAttributesAreReady(temporal),
      ...Object.fromEntries(
        core.targets.map((target) => [
          `${target.kind}-${target.workflow}`,
          () => !core.isMisconfigured(target),
        ]),
      ),
      'dead-letters-have-room': () => fill.hasRoom(DEAD_LETTERS_STREAM) || fill.hasRoom(OVERFLOW_STREAM),
    },
    degraded: () => ({ ...fill.degraded(), ...work.degraded(), ...pausedRoutes.degraded() }),
    stop: async () => {
      await consumption.stop();
      await janitor.stop();
      await unparking.stop();
      await fill.stop();
      await work.stop();
      await backlog.stop();
      await waiting.stop();
      pausedRoutes.stop();
      await nats.drain();
      if (housekeeping !== nats) await housekeeping.drain();
      endTelling();
      await temporal.connection.close();
    },
    failed: Promise.race([closedForGood(nats), closedForGood(housekeeping)]),
  };
};

async function forgetParts(nats: Awaited<ReturnType<typeof connectNats>>): Promise<ForgetParts> {
  return {
    deadLetters: await createStreamReader(nats, DEAD_LETTERS_STREAM),
    operations: await createStreamReader(nats, OPERATIONS_STREAM),
    remove: createRemover(nats),
  };
}

type Retention = Pick<
  Config,
  'DEAD_LETTERS_RETENTION_DAYS' | 'DEAD_LETTERS_MAX_AGE_DAYS' | 'OPERATIONS_RETENTION_DAYS'
>;

/** Removes dead letters that were dealt with long ago or have reached the age limit, and old records of what people have done. */
function forgetOldDeadLetters(parts: ForgetParts, retention: Retention, log: Log): () => Promise<void> {
  const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS);
  let from = 1;
  return async () => {
    const ages = {
      closedBefore: daysAgo(retention.DEAD_LETTERS_RETENTION_DAYS),
      storedBefore: daysAgo(retention.DEAD_LETTERS_MAX_AGE_DAYS),
    };
    const { next, open } = await forgetDeadLetters(parts, ages, from);
    from = next;
    if (open.length > 0)
      log.error(
        { deadLetters: open },
        'dead letters that nobody has dealt with were removed: DEAD_LETTERS_MAX_AGE_DAYS',
      );
    await forgetOldOperations(parts, daysAgo(retention.OPERATIONS_RETENTION_DAYS));
  };
}
