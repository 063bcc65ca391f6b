// Makes one version of a pool's workers the one that gets new work.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Deployment, DeploymentVersion } from './deployment';
import {
  describeDeployment,
  explained,
  ManagedDeploymentError,
  NoDeploymentsError,
  VersionNotPolledError,
} from './deployment';
import { DEADLINE_EXCEEDED, FAILED_PRECONDITION, NOT_FOUND, statusCode } from '../connection/status';

const ASK_MS = 10_000;
const LOOK_MS = 200;

/**
 * Makes a version the one that gets new work, and resolves when the server has told its task queues; they may need
 * some moments more. If the version is already current, nothing changes. Of two concurrent calls the later one wins.
 *
 * @param options.unpolled allows a version that no worker polls for yet, for when all workers are about to be started
 * @param options.withinMs how long to wait for its first worker, in milliseconds
 * @returns the build id that was current before
 * @throws VersionNotPolledError, ManagedDeploymentError, NoDeploymentsError
 */
export async function setCurrentVersion(
  client: Client,
  version: DeploymentVersion,
  { unpolled = false, withinMs = 0 } = {},
): Promise<string | undefined> {
  const before = await described(client, version);
  if (before?.current === version.buildId && !before?.spreading) return before?.current;
  assertUnmanaged(client, version, before);
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      await setCurrent(client, version, { allowNoPollers: unpolled, ignoreMissingTaskQueues: unpolled });
      break;
    } catch (error) {
      if (isNotPolled(error)) {
        // The server has the same code for a manager that has come meanwhile.
        assertUnmanaged(client, version, await described(client, version));
        if (Date.now() >= deadline) throw new VersionNotPolledError(version, { cause: error });
        // A busy server may have done it without an answer in time; doing it again changes nothing.
      } else if (!isUnanswered(error) || Date.now() >= deadline) throw explained(error);
      await sleep(LOOK_MS);
    }
  }
  await untilSpread(client, version.deployment);
  return before?.current;
}

/** The server would refuse, with the code that it has for a version that nobody polls for. */
function assertUnmanaged(client: Client, { deployment }: DeploymentVersion, found?: Deployment): void {
  const { manager } = found ?? {};
  if (manager !== undefined && manager !== client.options.identity)
    throw new ManagedDeploymentError(deployment, manager);
}

/** A server without worker deployments needs no change for workers without versions. */
async function described(client: Client, version: DeploymentVersion): Promise<Deployment | undefined> {
  try {
    return await describeDeployment(client, version.deployment);
  } catch (error) {
    if (version.buildId === undefined && error instanceof NoDeploymentsError) return undefined;
    throw error;
  }
}

/**
 * Makes a version current if no version was ever set, so that a first start needs no deploy. Otherwise it changes
 * nothing, so that a restarted worker of an older version has no effect. Nor does it if another client manages the deployment.
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
    if (found?.changedAt !== undefined || found?.manager !== undefined) return false;
    // The deployment does not exist before the server has received the first poll.
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
    // No worker polls yet, or another worker was first; the next look decides.
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

/** Whether there is no such deployment or version, no worker polls, or another change came first. */
function isNotPolled(error: unknown): boolean {
  const code = statusCode(error);
  return code === NOT_FOUND || code === FAILED_PRECONDITION;
}

function isUnanswered(error: unknown): boolean {
  return statusCode(error) === DEADLINE_EXCEEDED;
}
