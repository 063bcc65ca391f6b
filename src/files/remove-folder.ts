import { rm } from 'node:fs/promises';

/** A process of a server that was killed writes for some milliseconds more. */
const RETRIES = 10;
const RETRY_MS = 100;

/** Removes the folder of servers that have ended, with all that is in it. A folder that does not exist is no error. */
export function removeFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: RETRIES, retryDelay: RETRY_MS });
}
