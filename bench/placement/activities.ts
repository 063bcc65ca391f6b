import { z } from 'zod';
import type { Database } from '../../src/adapters/postgres';
import { activity, doOnce, compensateOnce } from '../../src/effects';

const step = z.object({ key: z.string() });
const compensate = z.object({ undoes: step });

/** Each writes one row into PostgreSQL, that by which it is done once. */
export function createLedgerActivities(database: Database) {
  const nothing = () => Promise.resolve();
  return {
    enter: activity(step, ({ key }) => doOnce(database, key, nothing)),
    withdraw: activity(compensate, ({ undoes }) => compensateOnce(database, undoes.key, nothing)),
    close: activity(step, ({ key }) => doOnce(database, key, nothing)),
  };
}

export type LedgerActivities = ReturnType<typeof createLedgerActivities>;
