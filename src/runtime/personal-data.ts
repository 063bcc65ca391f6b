import { connectDatabase } from '../adapters/postgres';
import type { Config } from '../config';
import type { Log } from '../contracts';
import type { PersonalData } from '../security/personal';
import { inClear, openPersonalData } from '../security/personal';
import { databaseAddress } from './settings';

/** Keys are made and found in a millisecond, and kept for a minute. */
const POOL_SIZE = 5;

/** Personal data in a process that has no other use for the database: it connects only if there are keys. */
export function personalDataOf(
  config: Config,
  role: string,
  log: Log,
): { readonly data: PersonalData; end(): Promise<void> } {
  const file = config.PERSONAL_DATA_KEYS_FILE;
  if (file === undefined) return { data: inClear, end: () => Promise.resolve() };
  const name = `sagaline-${role}`;
  const database = connectDatabase({ url: databaseAddress(config), poolSize: POOL_SIZE, name, log });
  return {
    data: openPersonalData(file, database, log),
    end: () => database.end(),
  };
}
