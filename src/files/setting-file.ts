/** Files that settings name. */
import { readFileSync, statSync } from 'node:fs';

/** Thrown for a device, a pipe or a folder: a read might never end, and a second one would have something else. */
export class NotAFileError extends Error {
  override readonly name = 'NotAFileError';
  /** In the place of Node.js' own codes: it stands in messages. */
  readonly code = 'not a regular file';
  constructor(readonly file: string) {
    super(`${file} is not a regular file`);
  }
}

/**
 * Reads a file that a setting names.
 *
 * @throws NotAFileError, and what `readFileSync` throws
 */
export function readSettingFile(file: string): Buffer {
  if (!statSync(file).isFile()) throw new NotAFileError(file);
  return readFileSync(file);
}
