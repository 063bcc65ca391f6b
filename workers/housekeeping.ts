import type { Client } from '@temporalio/client';
import { openOrders } from '../activities/shop/open-orders.postgres';
import type { Database } from '../src/adapters/postgres';
import { knownProcesses } from '../src/adapters/temporal';
import type { Log } from '../src/contracts';
import { createEffectsPruning } from '../src/effects';
import { forgetPublished, housekeeping } from '../src/relay';
import type { AppConfig } from './config';

const DAY_MS = 24 * 60 * 60_000;

/** What the active relay removes, hourly: published rows of the outbox, and the effects of processes that are over. */
export function relayHousekeeping(parts: {
  readonly database: Database;
  readonly temporal: Client;
  readonly config: Pick<AppConfig, 'EVENTS_RETENTION_DAYS' | 'EFFECTS_RETENTION_DAYS'>;
  readonly log: Log;
}): (signal: AbortSignal) => Promise<void> {
  const { database, temporal, config, log } = parts;
  const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS);
  return housekeeping(
    {
      outbox: () => forgetPublished(database, daysAgo(config.EVENTS_RETENTION_DAYS)),
      effects: createEffectsPruning(database, {
        before: () => daysAgo(config.EFFECTS_RETENTION_DAYS),
        stillNeeded: async (keys) =>
          new Set([...(await openOrders(database, keys)), ...(await knownProcesses(temporal, keys))]),
      }),
    },
    { log },
  );
}
