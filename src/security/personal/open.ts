import type { Database } from '../../adapters/postgres';
import type { Log } from '../../contracts';
import { openKeyFile } from '../codec/key-file';
import { createDataKeys } from './data-keys';
import type { PersonalData } from './personal-data';
import { createPersonalData, inClear } from './personal-data';

export const KEYS_SETTING = 'PERSONAL_DATA_KEYS_FILE';

/**
 * Opens the personal data of a process: encrypted with the master keys of a file, or in clear without one.
 *
 * @throws InvalidConfigError when the file is missing or wrong
 */
export function openPersonalData(file: string | undefined, database: Database, log: Log): PersonalData {
  if (file === undefined) return inClear;
  const unreadable = (reason: string) => log.error({ reason }, `${KEYS_SETTING} cannot be read any more`);
  return createPersonalData(
    createDataKeys(database, openKeyFile(file, { setting: KEYS_SETTING, unreadable })),
  );
}
