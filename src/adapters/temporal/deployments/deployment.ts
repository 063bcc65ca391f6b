// Worker deployments: which version of a pool's workers gets new work. One deployment for each worker pool.
import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { NOT_FOUND, statusCode, UNIMPLEMENTED } from '../connection/status';

const { ROUTING_CONFIG_UPDATE_STATE_IN_PROGRESS } = temporal.api.enums.v1.RoutingConfigUpdateState;
const {
  WORKER_DEPLOYMENT_VERSION_STATUS_CURRENT,
  WORKER_DEPLOYMENT_VERSION_STATUS_RAMPING,
  WORKER_DEPLOYMENT_VERSION_STATUS_DRAINING,
  WORKER_DEPLOYMENT_VERSION_STATUS_DRAINED,
} = temporal.api.enums.v1.WorkerDeploymentVersionStatus;

/** One version of one pool's workers. */
export interface DeploymentVersion {
  /** Name of the deployment: that of the pool, and unique in its namespace. */
  readonly deployment: string;
  /** `undefined` means the workers without versions. */
  readonly buildId: string | undefined;
}

/** What Temporal knows of a deployment. */
export interface Deployment {
  /** The version that gets new work. */
  readonly current: string | undefined;
  /** The version that gets a part of the new work, if a person has begun to move it in parts. */
  readonly ramping: Ramp | undefined;
  /** When the current version was set, or when a person removed it; `undefined` if there never was one. */
  readonly changedAt: Date | undefined;
  /** The only client that may set the current version, such as Temporal's worker controller; `undefined` if any may. */
  readonly manager: string | undefined;
  /** Its versions, the latest first. */
  readonly versions: readonly KnownVersion[];
  /** For `fillEmptyPlace`: identifies the state that was read, so that no later change is overwritten. */
  readonly token: Uint8Array;
  /** Whether some of the server's task queues do not have the latest change yet. */
  readonly spreading: boolean;
}

export interface KnownVersion {
  readonly buildId: string;
  readonly createdAt: Date;
  readonly status: VersionStatus;
}

/**
 * `draining`: it gets no new work, and open workflows are pinned to it. `inactive`: it never got new work. The server
 * finds out some minutes later that a version has `drained`.
 */
export type VersionStatus = 'current' | 'ramping' | 'draining' | 'drained' | 'inactive';

export interface Ramp {
  /** `undefined` means the workers without versions. */
  readonly buildId: string | undefined;
  /** From 0 to 100. */
  readonly percent: number;
}

/** Thrown when Temporal does not know the version, or no worker of it polls: new work would wait for ever. */
export class VersionNotPolledError extends Error {
  override readonly name = 'VersionNotPolledError';
  constructor(
    readonly version: DeploymentVersion,
    options: ErrorOptions,
  ) {
    super(`no worker of ${version.deployment} ${version.buildId ?? 'without a version'} polls`, options);
  }
}

/** Thrown when only another client, such as Temporal's worker controller, may make a version current. */
export class ManagedDeploymentError extends Error {
  override readonly name = 'ManagedDeploymentError';
  constructor(
    readonly deployment: string,
    /** The identity of that client. */
    readonly manager: string,
    options?: ErrorOptions,
  ) {
    super(`the versions of ${deployment} are managed by ${manager}, which makes them current`, options);
  }
}

export class NoDeploymentsError extends Error {
  override readonly name = 'NoDeploymentsError';
  constructor(options: ErrorOptions) {
    super('this Temporal server knows no worker deployments: WORKER_VERSIONING=off does without', options);
  }
}

const ASK_MS = 10_000;
const STATUSES: ReadonlyMap<number, VersionStatus> = new Map([
  [WORKER_DEPLOYMENT_VERSION_STATUS_CURRENT, 'current'],
  [WORKER_DEPLOYMENT_VERSION_STATUS_RAMPING, 'ramping'],
  [WORKER_DEPLOYMENT_VERSION_STATUS_DRAINING, 'draining'],
  [WORKER_DEPLOYMENT_VERSION_STATUS_DRAINED, 'drained'],
]);

/**
 * Reads what Temporal knows of a deployment.
 *
 * @returns `undefined` if no worker has ever polled for it, and nobody has set a version
 */
export async function describeDeployment(
  client: Client,
  deployment: string,
): Promise<Deployment | undefined> {
  const { namespace } = client.options;
  try {
    const { conflictToken, workerDeploymentInfo } = await client.withDeadline(Date.now() + ASK_MS, () =>
      client.workflowService.describeWorkerDeployment({ namespace, deploymentName: deployment }),
    );
    const { routingConfig, versionSummaries, routingConfigUpdateState, managerIdentity } =
      workerDeploymentInfo ?? {};
    const versions = (versionSummaries ?? []).map(({ deploymentVersion, createTime, status }) => ({
      buildId: deploymentVersion?.buildId ?? '',
      createdAt: dateOf(createTime) ?? new Date(0),
      status: STATUSES.get(status ?? 0) ?? 'inactive',
    }));
    const percent = routingConfig?.rampingVersionPercentage ?? 0;
    return {
      current: routingConfig?.currentDeploymentVersion?.buildId ?? undefined,
      ramping:
        percent > 0
          ? { buildId: routingConfig?.rampingDeploymentVersion?.buildId ?? undefined, percent }
          : undefined,
      changedAt: dateOf(routingConfig?.currentVersionChangedTime),
      // Empty means that there is none.
      manager: managerIdentity === '' ? undefined : (managerIdentity ?? undefined),
      versions: versions.sort((one, other) => other.createdAt.getTime() - one.createdAt.getTime()),
      token: conflictToken,
      spreading: routingConfigUpdateState === ROUTING_CONFIG_UPDATE_STATE_IN_PROGRESS,
    };
  } catch (error) {
    if (statusCode(error) === NOT_FOUND) return undefined;
    throw explained(error);
  }
}

/** Replaces the error of a server without deployments by a NoDeploymentsError. */
export function explained(error: unknown): unknown {
  return statusCode(error) === UNIMPLEMENTED ? new NoDeploymentsError({ cause: error }) : error;
}

function dateOf(at: { seconds?: unknown } | null | undefined): Date | undefined {
  return at?.seconds === undefined ? undefined : new Date(Number(at.seconds) * 1_000);
}
