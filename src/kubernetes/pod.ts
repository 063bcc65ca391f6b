import type { Container, EnvVar, PodSpec, PodTemplateSpec } from 'kubernetes-types/core/v1';
import { providerSetting } from '../config';
import { credentialSettings, credentialsMount, credentialsVolume } from './credentials';
import { APPLICATION, HEALTH_PORT, labelsOf, objectName } from './objects';
import type { Process } from './processes';

/** `node` in the image. */
const USER = 1000;
/** A process stops within 14 s (docs/infrastructure.md). */
const GRACE_S = 30;
/** Compiling and connecting take a loaded node some seconds; a start that takes two minutes has failed. */
const START = { periodSeconds: 2, failureThreshold: 60 };

/**
 * The ConfigMap of a version, and its fields. Its deployment's name is one of them: the workers of a version keep it when the setting of
 * all processes changes, because open orders are pinned to it.
 */
const VERSION = objectName('version');
export const BUILD_ID = 'BUILD_ID';
export const DEPLOYMENT_PREFIX = 'WORKER_DEPLOYMENT_PREFIX';

/** The pod of a process that runs until it is told to stop. */
export function podOf(process: Process): PodTemplateSpec {
  const probe = (path: string) => ({ httpGet: { path, port: 'health' }, timeoutSeconds: 5 });
  return {
    metadata: { labels: labelsOf(process.name) },
    spec: {
      ...specOf(process, {
        ports: [
          { name: 'health', containerPort: HEALTH_PORT },
          ...(process.port ? [{ name: 'http', containerPort: process.port.number }] : []),
        ],
        startupProbe: { ...probe('/livez'), ...START },
        livenessProbe: { ...probe('/livez'), periodSeconds: 10, failureThreshold: 3 },
        readinessProbe: {
          ...probe(process.showsOutages ? '/livez' : '/readyz'),
          periodSeconds: 5,
          failureThreshold: 1,
        },
      }),
      terminationGracePeriodSeconds: GRACE_S,
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'kubernetes.io/hostname',
          whenUnsatisfiable: 'ScheduleAnyway',
          labelSelector: { matchLabels: labelsOf(process.name) },
        },
      ],
    },
  };
}

/** The pod of a process that ends by itself. */
export function jobPodOf(process: Process): PodTemplateSpec {
  return {
    metadata: { labels: labelsOf(process.name) },
    spec: { ...specOf(process), restartPolicy: 'OnFailure' },
  };
}

function specOf(process: Process, ofContainer: Partial<Container> = {}): PodSpec {
  return {
    automountServiceAccountToken: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
      fsGroup: USER,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name: APPLICATION,
        image: APPLICATION,
        args: [...process.command],
        envFrom: [{ configMapRef: { name: objectName('settings') } }],
        env: environmentOf(process),
        ...ofContainer,
        // No limit of processor time: it would slow a process down while the node is idle.
        resources: { requests: { cpu: '100m', memory: process.memory }, limits: { memory: process.memory } },
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
          readOnlyRootFilesystem: true,
        },
        volumeMounts: [credentialsMount, { name: 'tmp', mountPath: '/tmp' }],
      },
    ],
    volumes: [credentialsVolume(process), { name: 'tmp', emptyDir: {} }],
  };
}

function environmentOf(process: Process): EnvVar[] {
  return [
    ...(process.port ? [{ name: `${process.port.setting}_HOST`, value: '0.0.0.0' }] : []),
    ...(process.isVersioned ? [BUILD_ID, DEPLOYMENT_PREFIX] : []).map((name) => ({
      name,
      valueFrom: { configMapKeyRef: { name: VERSION, key: name } },
    })),
    { name: 'PROVISION', value: process.name === 'provision' ? 'create' : 'check' },
    ...process.providers.map((provider) => {
      const name = providerSetting(provider, 'URL');
      return { name, valueFrom: { configMapKeyRef: { name: objectName('providers'), key: name } } };
    }),
    ...credentialSettings(process),
  ];
}
