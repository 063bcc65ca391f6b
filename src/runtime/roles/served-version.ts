import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { DeploymentVersion } from '../../adapters/temporal';
import { fillEmptyPlace, isServed, NoDeploymentsError, routingOf } from '../../adapters/temporal';
import type { Log } from '../../contracts';

/** The version of a worker, and whether its deployment's new work goes to a version that runs. */
export interface ServedVersion {
  /** Whether workers receive the new work of the queue, as far as the server knows. Logs a warning when they do not. */
  isServed(): Promise<boolean>;
  stop(): Promise<void>;
}

/** At a first start, and for a moment during each deploy, no version gets new work. */
const TELL_AFTER_MS = 5_000;
/** Pause after a failed attempt, for example because Temporal is unavailable. */
const PAUSE_MS = 1_000;

/**
 * A worker makes its version current only when the deployment has never had a current version. So the first start of a pool needs
 * no deploy, and the restart of an old worker never takes new work from a newer version. `deploy` does everything else.
 */
export function watchServedVersion(
  client: Client,
  options: {
    readonly poolName: string;
    readonly taskQueue: string;
    readonly hasWorkflows: boolean;
    readonly version: DeploymentVersion;
    readonly log: Log;
  },
): ServedVersion {
  const { poolName, version, log } = options;
  const stopping = new AbortController();
  const isStopping = () => stopping.signal.aborted;
  const filled = version.buildId === undefined ? Promise.resolve() : fill(stopping.signal);
  let unservedSince: number | undefined;
  let told = false;

  async function fill(signal: AbortSignal): Promise<void> {
    while (!isStopping()) {
      try {
        await fillEmptyPlace(client, version, signal);
        return;
      } catch (error) {
        if (isStopping()) return;
        if (error instanceof NoDeploymentsError) {
          log.error({ ...version }, error.message);
          return;
        }
        log.warn({ err: error, ...version }, 'cannot see which version gets new work; trying again');
        await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  return {
    isServed: async () => {
      const routing = await routingOf(client, options);
      const served = isServed(routing, version);
      if (served) {
        unservedSince = undefined;
        told = false;
        return true;
      }
      unservedSince ??= Date.now();
      if (!told && Date.now() - unservedSince >= TELL_AFTER_MS) {
        told = true;
        const remedy = `npx sagaline deploy set-current ${poolName}`;
        log.warn({ ...version, ...routing, remedy }, 'new work goes to a version that no worker runs');
      }
      return false;
    },
    stop: async () => {
      stopping.abort();
      await filled;
    },
  };
}
