import type { Client } from '@temporalio/client';
import type { Database } from '../adapters/postgres';
import { knownProcesses } from '../adapters/temporal';
import type { Log } from '../contracts';
import { correlationKeyOf } from '../contracts';
import { createEffectsPruning } from '../effects';
import { forgetPublished, housekeeping } from '../relay';
import type { Config } from '../config';
import { createUsesPruning } from '../security/personal';
import type { App } from './app';

const DAY_MS = 24 * 60 * 60_000;

/**
 * What the active relay removes every hour: published rows of the outbox; effects, and uses of data keys, of processes
 * that have ended.
 */
export function relayHousekeeping(parts: {
  readonly app: Pick<App, 'openProcesses'>;
  readonly database: Database;
  readonly temporal: Client;
  readonly config: Pick<Config, 'EVENTS_RETENTION_DAYS' | 'EFFECTS_RETENTION_DAYS'>;
  readonly log: Log;
}): (signal: AbortSignal) => Promise<void> {
  const { app, database, temporal, config, log } = parts;
  const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS);
  const forgotten = {
    before: () => daysAgo(config.EFFECTS_RETENTION_DAYS),
    stillNeeded: async (processes: readonly string[]) => {
      const keys = [...new Set(processes.map(correlationKeyOf))];
      const open = new Set(await app.openProcesses?.(database, keys));
      return new Set([
        ...processes.filter((process) => open.has(correlationKeyOf(process))),
        ...(await knownProcesses(temporal, processes)),
      ]);
    },
  };
  return housekeeping(
    {
      outbox: () => forgetPublished(database, daysAgo(config.EVENTS_RETENTION_DAYS)),
      effects: createEffectsPruning(database, forgotten),
      'uses of data keys': createUsesPruning(database, forgotten),
    },
    { log },
  );
}
