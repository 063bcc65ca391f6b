import type { NativeConnection } from '@temporalio/worker';

/** The API key of the next call. */
export type ApiKey = () => string;

/** How often a worker's connection is given the key: a new key must be in its file this long before the old one expires. */
const READ_AGAIN_MS = 5_000;

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
