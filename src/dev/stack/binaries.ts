// Finds the programs of the servers: on the search path, or in the cache.
import { environment } from '../../config';
import type { ServerBinary } from '../servers';
import { cachedBinary, cacheFolder, isExecutable, onPath } from '../servers';

/** Thrown when a server's program is neither on the search path nor in the cache. */
export class ServerNotInstalledError extends Error {
  override readonly name = 'ServerNotInstalledError';

  constructor(
    readonly binary: ServerBinary,
    readonly searched: string,
  ) {
    super(
      `the server \`${binary}\` is not installed. Run \`npx sagaline test-servers --install\`, or put a program of ` +
        `that name on your PATH. It is neither there nor at ${searched}.`,
    );
  }
}

/** Where a server's program is, or will be once it is installed. */
export function placeOfServer(binary: ServerBinary, searchPath: string | undefined): string {
  return onPath(binary, searchPath) ?? cachedBinary(binary, cacheFolder(environment()));
}

/**
 * Absolute path of a server's program: the first on `searchPath` (the value of PATH), else the pinned one in the cache.
 *
 * @throws ServerNotInstalledError
 */
export function findServer(
  binary: ServerBinary,
  searchPath: string | undefined,
  cache = cacheFolder(environment()),
): string {
  const preferred = onPath(binary, searchPath);
  if (preferred !== undefined) return preferred;
  const cached = cachedBinary(binary, cache);
  if (!isExecutable(cached)) throw new ServerNotInstalledError(binary, cached);
  return cached;
}
