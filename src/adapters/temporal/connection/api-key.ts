import { readFileSync } from 'node:fs';
import type { NativeConnection } from '@temporalio/worker';
import { InvalidConfigError } from '../../../contracts';

/** The API key of the next call. */
export type ApiKey = () => string;

/**
 * How long a key is used before its file is read again: a new key must be in the file this long before the old one
 * expires.
 */
const READ_AGAIN_MS = 5_000;

/**
 * The API key: a given one, or the content of a file, which is read again so that the key can rotate without a
 * restart. While the file cannot be read or is empty, the last key stays.
 *
 * @returns `undefined` without a key and without a file
 * @throws InvalidConfigError when the file cannot be read at the start, or is empty
 */
export function apiKeyOf(
  { key, file }: { readonly key?: string | undefined; readonly file?: string | undefined },
  now: () => number = Date.now,
): ApiKey | undefined {
  if (file === undefined) return key === undefined ? undefined : () => key;
  const read = () => readFileSync(file, 'utf8').trim();
  let current = firstKey(file, read);
  let readAt = now();
  return () => {
    if (now() - readAt < READ_AGAIN_MS) return current;
    readAt = now();
    try {
      current = read() || current;
    } catch {
      // A file may be missing while it is replaced.
    }
    return current;
  };
}

function firstKey(file: string, read: () => string): string {
  let key: string;
  try {
    key = read();
  } catch (error) {
    const { code = 'unreadable' } = error as NodeJS.ErrnoException;
    const problem = `${file} cannot be read (${code}); put the API key there, or set another file`;
    throw new InvalidConfigError([`TEMPORAL_API_KEY_FILE: ${problem}`], { cause: error });
  }
  if (key !== '') return key;
  throw new InvalidConfigError([`TEMPORAL_API_KEY_FILE: ${file} is empty; put the API key there`]);
}

/**
 * Keeps the key of a worker's connection current. A client's connection reads the key for each call; a worker's has
 * to be given each new one.
 *
 * @returns a function that stops this
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
    // If this fails, the next check sets the key again.
    connection.setApiKey(key).then(
      () => (told = key),
      () => undefined,
    );
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
