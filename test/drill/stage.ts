/** The stage of a drill: servers and all processes of the shop, small streams, and an observer of its own. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ownStackSettings } from '../../demo/local-settings';
import type { Shop } from '../../demo/shop';
import { openShop } from '../../demo/shop';
import { shop as shopDomain } from '../../domains/shop';
import { connectNats, natsRole } from '../../src/adapters/nats';
import { createSingleAttemptClient } from '../../src/adapters/temporal';
import type { Observability, Part } from '../../src/observability';
import { firingAlerts, startObservability } from '../../src/observability';
import { loadApp } from '../../src/runtime/load';
import { startLocal } from '../../src/runtime/local';
import { temporalSettings } from '../../src/runtime/settings';
import { workerPools } from '../../src/runtime/version';
import { orderTimeline } from '../../domains/shop/subscriptions';
import { silentLog } from '../support/log';
import type { RoleProcess } from '../support/roles';
import { rolesWith } from '../support/roles';
import { until } from '../support/until';

/** The pool that the drill stops: every order needs it at once. */
export const STOPPED_POOL = 'inventory';
const ROLE = `worker:${STOPPED_POOL}`;

const MIB = 1024 * 1024;
/** Room for the 1,500 events of the hot partition, and soon full. */
export const EVENTS_BYTES = 12 * MIB;
export const DEAD_LETTERS_BYTES = 2 * MIB;

export interface Stage {
  readonly shop: Shop;
  readonly observability: Observability;
  /** The worker of the pool that the drill stops; nobody starts it again by itself. */
  stopPool(): Promise<void>;
  /** `npx sagaline run worker:<pool>` */
  startPool(): Promise<RoleProcess>;
  /** `npm run provision` with these settings, and with those of the calls before. */
  provision(settings: Readonly<Record<string, string>>): Promise<void>;
  readonly stop: () => Promise<void>;
}

export async function openStage(folder: string, log: (line: string) => void): Promise<Stage> {
  const closing: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const settings = {
      ...(await ownStackSettings(folder)),
      STREAM_MAX_BYTES: String(EVENTS_BYTES),
      DEAD_LETTERS_MAX_BYTES: String(DEAD_LETTERS_BYTES),
      // In the drill a compensation fails for a while, and must not ask a person meanwhile.
      ORDER_COMPENSATION_WITHIN_MS: '600000',
      RECONCILE_GRACE_MS: '1000',
    };
    const app = loadApp();
    const local = await startLocal({ app, settings, counts: { [ROLE]: 0 }, log });
    closing.push(() => local.stop());
    const roles = rolesWith(settings);
    closing.push(() => roles.stop());
    const shop = await openShop(local);
    closing.push(() => shop.close());
    const { config } = local;
    const nats = await connectNats({ ...config.nats, ...natsRole('console'), log: silentLog });
    closing.push(() => nats.close());
    const temporal = createSingleAttemptClient(temporalSettings(config, app));
    closing.push(() => temporal.connection.close());
    const observability = startObservability({
      ...{ nats, temporal, database: shop.database, processes: shopDomain.workflows },
      groups: [
        { group: config.BRIDGE_NAME, kind: 'bridge' },
        { group: `sub-${orderTimeline.name}`, kind: 'subscription' },
      ],
      pools: workerPools(app, config).map(({ version: { deployment }, ...pool }) => ({
        ...pool,
        deployment,
      })),
    });
    closing.push(() => observability.stop());
    let worker = await roles.start(ROLE);
    let provisioned = {};
    return {
      ...{ shop, observability, stop },
      stopPool: async () => {
        worker.signal('SIGTERM');
        await worker.ended;
      },
      startPool: async () => (worker = await roles.start(ROLE)),
      provision: async (more) => {
        provisioned = { ...provisioned, ...more };
        const job = await roles.launch('provision', provisioned);
        const { code } = await job.ended;
        if (code !== 0) throw new Error(`provision has ended with ${code}:\n${job.output()}`);
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const CALM_WITHIN_MS = 60_000;
/** A moment in which a late finding would still show itself. */
const CALM_MS = 1_000;

/** Waits until every part of the system is known and no alert fires, so that the drill begins with a clear view. */
export async function untilSeen({ observability }: Stage): Promise<void> {
  const isKnown = (part: string | Part<unknown>) => typeof part === 'string' || part.kind === 'known';
  const isQuiet = () => {
    const snapshot = observability.latest();
    return Object.values(snapshot).every(isKnown) && firingAlerts(snapshot).length === 0;
  };
  await until('every part is known, and no alert fires', isQuiet, CALM_WITHIN_MS);
  await sleep(CALM_MS);
}
