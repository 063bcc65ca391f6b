import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { DeploymentVersion } from '../../adapters/temporal';
import { fillEmptyPlace, isServed, NoDeploymentsError, routingOf } from '../../adapters/temporal';
import type { Log } from '../../contracts';

/** The version of a worker, and whether its deployment's new work goes to a version that runs. */
export interface ServedVersion {
  /**
   * Whether workers receive the new work of the queue, as far as the server knows. Logs a warning when they do not. With Temporal's
   * worker controller the answer is always yes: it makes a version current when its workers are ready, not before.
   */
  isReady(): Promise<boolean>;
  /** What the last answer found, in words, if it does not keep the worker from being ready. */
  degraded(): Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** At a first start, and for a moment during each deploy, no version gets new work. */
const TELL_AFTER_MS = 5_000;
/** Pause after a failed attempt, for example because Temporal is unavailable. */
const PAUSE_MS = 1_000;

/**
 * A worker makes its version current only when the deployment has never had a current version. So the first start of a pool needs
 * no deploy, and the restart of an old worker never takes new work from a newer version. `deploy` does everything else. With
 * Temporal's worker controller a worker makes nothing current: the controller does.
 */
export function watchServedVersion(
  client: Client,
  options: {
    readonly poolName: string;
    readonly taskQueue: string;
    readonly hasWorkflows: boolean;
    readonly version: DeploymentVersion;
    /** Whether Temporal's worker controller has made this pod. */
    readonly ofController: boolean;
    readonly log: Log;
  },
): ServedVersion {
  const { poolName, version, ofController, log } = options;
  const stopping = new AbortController();
  const isStopping = () => stopping.signal.aborted;
  const fills = version.buildId !== undefined && !ofController;
  const filled = fills ? fill(stopping.signal) : Promise.resolve();
  const remedy = ofController
    ? `kubectl describe workerdeployment ${poolName}`
    : `npx sagaline deploy set-current ${poolName}`;
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

  async function serves(): Promise<boolean> {
    const routing = await routingOf(client, options);
    if (isServed(routing, version)) {
      unservedSince = undefined;
      told = false;
      return true;
    }
    unservedSince ??= Date.now();
    if (!told && Date.now() - unservedSince >= TELL_AFTER_MS) {
      told = true;
      log.warn({ ...version, ...routing, remedy }, 'new work goes to a version that no worker runs');
    }
    return false;
  }

  return {
    isReady: async () => (await serves()) || ofController,
    degraded: () =>
      ofController && unservedSince !== undefined
        ? { 'current-version': `new work of the pool goes to a version that no worker polls for: ${remedy}` }
        : {},
    stop: async () => {
      stopping.abort();
      await filled;
    },
  };
}
