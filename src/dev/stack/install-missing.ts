import type { Environment, ServerBinary } from '../servers';
import { installServers, planServers } from '../servers';

/** The servers of a local stack, except PostgreSQL, which is an npm package. */
export const SERVERS = ['temporal', 'nats-server'] as const satisfies readonly ServerBinary[];

/**
 * Installs those of `binaries` that are neither on the PATH nor in the cache, and have no address in `env`.
 *
 * @throws InstallError
 */
export async function installMissing(
  binaries: readonly ServerBinary[],
  env: Environment,
  log: (line: string) => void,
): Promise<void> {
  const { missing } = planServers(env, { tests: true });
  const wanted = missing.filter(({ binary }) => binaries.includes(binary));
  await installServers(wanted, env, async (title, work) => {
    const since = performance.now();
    log(`${title} …`);
    await work();
    log(`installed in ${((performance.now() - since) / 1_000).toFixed(1)} s`);
  });
}
