import { providerSetting } from '../config';
import { objectName } from './objects';
import { BUILD_ID, DEPLOYMENT_PREFIX } from './pod';
import type { KedaObject } from './scaling';

/** Where the servers are, after the names of their charts; an overlay merges others. */
export const SETTINGS = {
  NATS_URL: 'tls://nats.nats.svc:4222',
  TEMPORAL_ADDRESS: 'temporal-frontend.temporal.svc:7233',
  TEMPORAL_NAMESPACE: 'default',
  TEMPORAL_TLS: 'true',
  WORKER_DEPLOYMENT_PREFIX: 'sagaline-',
  EVENT_SIGNATURE_AUDIENCE: 'production',
} as const;

/** Overlays change a generator's settings by `behavior: merge`. The names stay, because two kustomizations share them. */
const generatorOptions = { disableNameSuffixHash: true };
const KUSTOMIZATION = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' };
const COMPONENT = { apiVersion: 'kustomize.config.k8s.io/v1alpha1', kind: 'Component' };

const WITHOUT_REPLICAS = '[{ "op": "remove", "path": "/spec/replicas" }]';

/** The processes that a rolling update replaces. */
export function rolesKustomization(resources: readonly string[], providers: readonly string[]): object {
  return {
    ...KUSTOMIZATION,
    resources,
    configMapGenerator: [
      generator('settings', SETTINGS),
      generator(
        'providers',
        Object.fromEntries(
          providers.map((name) => [providerSetting(name, 'URL'), `https://${name}.example.com/v1`]),
        ),
      ),
    ],
    generatorOptions,
  };
}

/** Objects alone. */
export function plainKustomization(resources: readonly string[]): object {
  return { ...KUSTOMIZATION, resources };
}

/** The workers of one version: an overlay gives it a build id and a suffix of its names. */
export function versionKustomization(resources: readonly string[]): object {
  return {
    ...KUSTOMIZATION,
    resources,
    configMapGenerator: [
      generator('version', { [BUILD_ID]: 'none', [DEPLOYMENT_PREFIX]: SETTINGS[DEPLOYMENT_PREFIX] }),
    ],
    generatorOptions,
  };
}

/** Scalers, and no number of replicas of what they scale: each `apply` would set it back. */
export function rolesScaling(scaler: KedaObject): object {
  return {
    ...COMPONENT,
    resources: ['bridge.yaml'],
    patches: [withoutReplicas(`^${scaler.metadata.name}$`)],
  };
}

/** The same for the workers of a version. kustomize does not know by itself where KEDA's objects name others. */
export function versionScaling(resources: readonly string[]): object {
  return {
    ...COMPONENT,
    resources,
    configurations: ['names.yaml'],
    patches: [withoutReplicas(`^${objectName('worker-.*')}$`)],
    replacements: [
      {
        source: { kind: 'ConfigMap', name: objectName('version'), fieldPath: `data.${BUILD_ID}` },
        targets: [
          {
            select: { kind: 'ScaledObject' },
            fieldPaths: ['spec.triggers.0.metadata.workerDeploymentBuildId'],
          },
        ],
      },
    ],
  };
}

/** The same for Temporal's worker controller, which fills in the names that its templates need. */
export function controllerScaling(resources: readonly string[]): object {
  return {
    ...COMPONENT,
    resources,
    patches: [{ target: { kind: 'WorkerDeployment' }, patch: WITHOUT_REPLICAS }],
  };
}

/** Where KEDA's objects name others, so that a suffix is added there, too. */
export const NAMES_IN_SCALERS = {
  nameReference: [
    { kind: 'Deployment', fieldSpecs: [{ kind: 'ScaledObject', path: 'spec/scaleTargetRef/name' }] },
    {
      kind: 'TriggerAuthentication',
      fieldSpecs: [{ kind: 'ScaledObject', path: 'spec/triggers/authenticationRef/name' }],
    },
  ],
};

function generator(name: string, values: Readonly<Record<string, string>>): object {
  const literals = Object.entries(values).map(([key, value]) => `${key}=${value}`);
  return { name: objectName(name), literals };
}

function withoutReplicas(name: string): object {
  return { target: { kind: 'Deployment', name }, patch: WITHOUT_REPLICAS };
}
