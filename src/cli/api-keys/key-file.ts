import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { errorMessage } from '../../contracts';
import type { ApiKey } from '../../security/tokens/api-keys';
import { parseApiKeys } from '../../security/tokens/api-keys';
import { CliError, EXIT } from '../exit';

/**
 * Adds an entry to a file of API keys, and makes the file if it is not there.
 *
 * @throws CliError if the file has no list of keys, has one of this id, or cannot be written
 */
export function addToKeyFile(file: string, entry: ApiKey): void {
  try {
    const entries = existsSync(file) ? parseApiKeys(readFileSync(file, 'utf8')) : [];
    const text = `${JSON.stringify([...entries, entry], null, 2)}\n`;
    // As the gateway will read it: an id must not be there twice.
    parseApiKeys(text);
    // The gateway may read the file at any time: it is there as a whole.
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  } catch (error) {
    const why = `${file} cannot be changed, and no key was made: ${errorMessage(error)}`;
    throw new CliError('key-file', why, EXIT.failed);
  }
}
