import type { Environment } from './cache';
import { cachedBinary, cacheFolder, isExecutable, onPath } from './cache';
import type { PinnedServer } from './pinned';
import { PINNED } from './pinned';

export interface ServerPlan {
  /** Paths of the programs that are taken from the PATH. */
  readonly onPath: readonly string[];
  readonly missing: readonly PinnedServer[];
}

/** Decides which servers have to be installed, and which are on the PATH. A server with an address is in neither list. */
export function planServers(env: Environment, { tests }: { readonly tests: boolean }): ServerPlan {
  const needed = PINNED.filter(
    ({ testsOnly, addressSetting }) =>
      (tests || testsOnly !== true) && !(addressSetting !== undefined && env[addressSetting]),
  );
  const cache = cacheFolder(env);
  const found = needed.map((server) => ({ server, path: onPath(server.binary, env['PATH']) }));
  return {
    onPath: found.flatMap(({ path }) => path ?? []),
    missing: found.flatMap(({ server, path }) =>
      path !== undefined || isExecutable(cachedBinary(server.binary, cache)) ? [] : [server],
    ),
  };
}
