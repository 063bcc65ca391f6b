import { readFileSync } from 'node:fs';
import type { NativeConnection } from '@temporalio/worker';

/** The API key of the next call. */
export type ApiKey = () => string;

/** How long a key is used before its file is read again: a new key must be there that long before the old one ends. */
const READ_AGAIN_MS = 5_000;

/**
 * A key that is given, or one in a file that is read again: a key rotates without a restart. While the file cannot be read, or
 * is empty, the last key stays.
 *
 * @throws Error where the file cannot be read at the start
 */
export function apiKeyOf(
  { key, file }: { readonly key?: string | undefined; readonly file?: string | undefined },
  now: () => number = Date.now,
): ApiKey | undefined {
  if (file === undefined) return key === undefined ? undefined : () => key;
  const read = () => readFileSync(file, 'utf8').trim();
  let current = read();
  if (current === '') throw new Error(`${file} (TEMPORAL_API_KEY_FILE) is empty`);
  let readAt = now();
  return () => {
    if (now() - readAt < READ_AGAIN_MS) return current;
    readAt = now();
    try {
      current = read() || current;
    } catch {
      // A file is away while it is replaced.
    }
    return current;
  };
}

/**
 * Keeps the key of a worker's connection current: unlike a client's it is told the key, and does not ask for it.
 *
 * @returns what ends it
 */
export function followApiKey(
  connection: Pick<NativeConnection, 'setApiKey'>,
  apiKey: ApiKey | undefined,
  everyMs = READ_AGAIN_MS,
): () => void {
  if (!apiKey) return () => undefined;
  let told = apiKey();
  const timer = setInterval(() => {
    const key = apiKey();
    if (key === told) return;
    // Should it fail, the next look tells it again.
    connection.setApiKey(key).then(
      () => (told = key),
      () => undefined,
    );
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
