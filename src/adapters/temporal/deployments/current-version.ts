// Makes one version of a pool's workers the one that gets new work.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Deployment, DeploymentVersion } from './deployment';
import { describeDeployment, explained, NoDeploymentsError, VersionNotPolledError } from './deployment';
import { DEADLINE_EXCEEDED, FAILED_PRECONDITION, NOT_FOUND, statusCode } from '../connection/status';

const ASK_MS = 10_000;
const LOOK_MS = 200;

/**
 * Makes a version the one that gets new work, and resolves when the server has told its task queues; they may take some
 * moments more. Where it is already, nothing changes; of two at the same time the later one stays.
 *
 * @param options.unpolled also when nobody polls for it yet: where all workers are about to be started
 * @param options.withinMs how long to wait for its first worker
 * @returns the build id that was current before
 * @throws VersionNotPolledError, NoDeploymentsError
 */
export async function setCurrentVersion(
  client: Client,
  version: DeploymentVersion,
  { unpolled = false, withinMs = 0 } = {},
): Promise<string | undefined> {
  const before = await described(client, version);
  if (before?.current === version.buildId && !before?.spreading) return before?.current;
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      await setCurrent(client, version, { allowNoPollers: unpolled, ignoreMissingTaskQueues: unpolled });
      break;
    } catch (error) {
      if (isNotPolled(error)) {
        if (Date.now() >= deadline) throw new VersionNotPolledError(version, { cause: error });
        // A busy server may have done it, and not said so in time: it is the same to do it again.
      } else if (!isUnanswered(error) || Date.now() >= deadline) throw explained(error);
      await sleep(LOOK_MS);
    }
  }
  await untilSpread(client, version.deployment);
  return before?.current;
}

/** Without versions a server that knows none has nothing to do. */
async function described(client: Client, version: DeploymentVersion): Promise<Deployment | undefined> {
  try {
    return await describeDeployment(client, version.deployment);
  } catch (error) {
    if (version.buildId === undefined && error instanceof NoDeploymentsError) return undefined;
    throw error;
  }
}

/**
 * Makes a version current where no version has ever been: a first start needs nobody to deploy it. All else is left as it
 * is, so that a worker of an older version that is started again changes nothing.
 *
 * @param stopping ends the wait for the first poll
 * @returns whether the version is current now
 */
export async function fillEmptyPlace(
  client: Client,
  version: DeploymentVersion,
  stopping: AbortSignal,
): Promise<boolean> {
  while (!stopping.aborted) {
    const found = await describeDeployment(client, version.deployment);
    if (found?.current === version.buildId) {
      await untilSpread(client, version.deployment);
      return true;
    }
    if (found?.changedAt !== undefined) return false;
    // Before the server has heard of the first poll there is no place to fill.
    if (found !== undefined && (await fills(client, version, found))) return true;
    await sleep(LOOK_MS);
  }
  return false;
}

async function fills(client: Client, version: DeploymentVersion, { token }: Deployment): Promise<boolean> {
  try {
    await setCurrent(client, version, { conflictToken: token });
    await untilSpread(client, version.deployment);
    return true;
  } catch (error) {
    // Not polled yet, or another worker was first: a look will tell.
    if (isNotPolled(error)) return false;
    throw explained(error);
  }
}

async function setCurrent(
  client: Client,
  { deployment, buildId = '' }: DeploymentVersion,
  how: { conflictToken?: Uint8Array; allowNoPollers?: boolean; ignoreMissingTaskQueues?: boolean },
): Promise<void> {
  const { namespace, identity } = client.options;
  await client.withDeadline(Date.now() + ASK_MS, () =>
    client.workflowService.setWorkerDeploymentCurrentVersion({
      namespace,
      identity,
      deploymentName: deployment,
      buildId,
      ...how,
    }),
  );
}

async function untilSpread(client: Client, deployment: string): Promise<void> {
  const deadline = Date.now() + ASK_MS;
  while ((await describeDeployment(client, deployment))?.spreading === true && Date.now() < deadline)
    await sleep(LOOK_MS);
}

/** The server's words for: there is no such deployment or version, nobody polls, somebody was first. */
function isNotPolled(error: unknown): boolean {
  const code = statusCode(error);
  return code === NOT_FOUND || code === FAILED_PRECONDITION;
}

function isUnanswered(error: unknown): boolean {
  return statusCode(error) === DEADLINE_EXCEEDED;
}
