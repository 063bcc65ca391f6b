import type { Client } from '@temporalio/client';
import type { DeploymentVersion } from '../adapters/temporal';
import {
  awaitTemporal,
  createTemporalClient,
  describeDeployment,
  setCurrentVersion,
} from '../adapters/temporal';
import { countPinned } from '../adapters/temporal/deployments/pinned';
import type { Log } from '../contracts';
import type { Config } from '../config';
import type { LoadedApp } from './app';
import { temporalSettings } from './settings';
import { workerPools } from './version';

/** A worker polls some seconds after its start; when it runs from the sources it bundles its workflows first. */
const POLLED_WITHIN_MS = 90_000;

/**
 * Gives new work to the version of this folder, in every pool, once workers of that version poll.
 *
 * @param options.unpolled does not wait for polls: for a caller that is about to start all workers
 * @throws VersionNotPolledError, NoDeploymentsError, InvalidConfigError
 */
export async function deploy(
  app: LoadedApp,
  config: Config,
  log: Log,
  { unpolled = false } = {},
): Promise<void> {
  const settings = temporalSettings(config, app, log);
  const temporal = createTemporalClient(settings);
  try {
    await awaitTemporal(temporal, settings, { log });
    await Promise.all(
      workerPools(app, config).map(async ({ pool, hasWorkflows, version }) => {
        const before = await setCurrentVersion(temporal, version, { unpolled, withinMs: POLLED_WITHIN_MS });
        if (before !== version.buildId) log.info({ ...version, before }, 'the version gets new work now');
        if (hasWorkflows && version.buildId !== undefined) await tellOfOthers(temporal, pool, version, log);
      }),
    );
  } finally {
    await temporal.connection.close();
  }
}

/** Warns of open workflows that are pinned to another version: without workers of that version they wait for ever. */
async function tellOfOthers(
  temporal: Client,
  pool: string,
  { deployment, buildId: own }: DeploymentVersion,
  log: Log,
): Promise<void> {
  const { versions = [] } = (await describeDeployment(temporal, deployment)) ?? {};
  for (const { buildId } of versions) {
    const pinned = buildId === own ? 0 : await countPinned(temporal, { deployment, buildId });
    if (pinned === 0) continue;
    log.warn(
      { deployment, buildId, pinned },
      `${pinned} open workflows of ${pool} need workers of version ${buildId}; "npx sagaline deploy move ${pool} --from ${buildId}" gives them to those of ${own}`,
    );
  }
}
