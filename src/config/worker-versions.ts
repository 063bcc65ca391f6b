/** Versions of the workers' code, and what Temporal's worker controller sets in the pods that it makes: docs/kubernetes.md. */
import { z } from 'zod';
import type { Environment } from './environment';

const buildId = z
  .string()
  .regex(/^[\w.+-]{1,100}$/, 'must be 1 to 100 letters, digits, "_", ".", "+" and "-"')
  .optional();
const deploymentName = /^[A-Za-z0-9][\w/-]{0,199}$/;

export const workerVersionShape = {
  /**
   * The version of the workers' code. Without it, the version is made of the workflows' hash or the package's version:
   * docs/deploys.md.
   */
  BUILD_ID: buildId,
  /** `off` for a Temporal server without worker deployments. */
  WORKER_VERSIONING: z.enum(['on', 'off']).default('on'),
  /**
   * How the names of the pools' worker deployments begin; the name of the pool follows. It must be the same in all processes.
   * With Temporal's worker controller it is the Kubernetes namespace and a slash.
   */
  WORKER_DEPLOYMENT_PREFIX: z
    .string()
    .regex(
      /^[A-Za-z0-9][\w/-]{0,99}$/,
      'must be 1 to 100 letters, digits, "_", "-" and "/", and begin with a letter or digit',
    )
    .default('sagaline-'),
  /** The worker deployment of this pod's pool, set by Temporal's worker controller. */
  TEMPORAL_DEPLOYMENT_NAME: z
    .string()
    .regex(deploymentName, 'must be 1 to 200 letters, digits, "_", "-" and "/"')
    .optional(),
  /** The version of this pod's workers, set by Temporal's worker controller. */
  TEMPORAL_WORKER_BUILD_ID: buildId,
};

/** Whether Temporal's worker controller has made the pod of this process. */
export function isOfController({
  TEMPORAL_WORKER_BUILD_ID: given,
}: {
  readonly TEMPORAL_WORKER_BUILD_ID?: string | undefined;
}): boolean {
  return given !== undefined;
}

/** What contradicts the version that the controller gives. */
export function workerVersionProblems(settings: Environment): string[] {
  const [name, version] = ['TEMPORAL_DEPLOYMENT_NAME', 'TEMPORAL_WORKER_BUILD_ID'] as const;
  const isSet = (setting: string) => settings[setting] !== undefined;
  if (isSet(name) !== isSet(version)) {
    const [missing, other] = isSet(name) ? [version, name] : [name, version];
    return [`${missing} is missing: Temporal's worker controller sets it together with ${other}`];
  }
  if (!isSet(version)) return [];
  return [
    ...(isSet('BUILD_ID')
      ? [
          `BUILD_ID and ${version}: only one of them may be set; with the worker controller, it gives the version`,
        ]
      : []),
    ...(settings['WORKER_VERSIONING'] === 'off'
      ? [
          `WORKER_VERSIONING: must be on, the worker controller waits for workers of the version in ${version}`,
        ]
      : []),
  ];
}

/**
 * The controller gives workers the API key of its own connection. A key in a file is read again when it changes, and has the rights of
 * a worker alone, so the file wins.
 */
export function withOwnApiKey(given: Environment): Environment {
  if (!isOfController(given) || given['TEMPORAL_API_KEY_FILE'] === undefined) return given;
  return { ...given, TEMPORAL_API_KEY: undefined };
}
