import type { Database } from '../../adapters/postgres';
import { connectDatabase } from '../../adapters/postgres';
import type { Config } from '../../config';
import type { Log } from '../../contracts';
import type { ClockState } from '../checks/clock';

/** The owner of the tables may read the history of migrations; other roles need not. */
export function openDatabase({ DATABASE_OWNER_URL, secrets }: Config, log: Log): Database {
  const url = secrets.reader('DATABASE_OWNER_URL') ?? DATABASE_OWNER_URL;
  return connectDatabase({ url, poolSize: 1, name: 'sagaline-doctor', log });
}

export async function databaseClock(database: Database, now: () => number): Promise<ClockState[]> {
  // The connection is open already: only the round trip counts.
  const before = now();
  const [row] = await database.query<{ ms: string }>(
    'select extract(epoch from clock_timestamp()) * 1000 as ms',
  );
  return [{ server: 'DATABASE_URL', aheadMs: Number(row?.ms) - (before + now()) / 2 }];
}
