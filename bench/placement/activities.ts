import { z } from 'zod';
import type { Database } from '../../src/adapters/postgres';
import { activity, doOnce, compensateOnce } from '../../src/effects';

const step = z.object({ key: z.string() });
const compensate = z.object({ undoes: step });

/** Each activity writes one row into PostgreSQL: the record that makes it happen once. */
export function createLedgerActivities(database: Database) {
  const nothing = () => Promise.resolve();
  return {
    enter: activity(step, ({ key }) => doOnce(database, key, nothing)),
    withdraw: activity(compensate, ({ undoes }) => compensateOnce(database, undoes.key, nothing)),
    close: activity(step, ({ key }) => doOnce(database, key, nothing)),
  };
}

export type LedgerActivities = ReturnType<typeof createLedgerActivities>;
