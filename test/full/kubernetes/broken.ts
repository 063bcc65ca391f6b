import type { Manifest } from '../../../scripts/deployment/manifests/render';

type Changed = (manifest: Manifest) => object;

/** What is wrong with any object: each must be refused. */
const ALWAYS: Readonly<Record<string, Changed>> = {
  'an unknown field': (manifest) => ({ ...manifest, sepc: {} }),
  'an unknown version': (manifest) => ({
    ...manifest,
    apiVersion: manifest.apiVersion.replace(/[^/]+$/, 'v9'),
  }),
  'a name that is none': (manifest) => ({
    ...manifest,
    metadata: { ...manifest.metadata, name: 'not/a/name' },
  }),
  'labels of a wrong type': (manifest) => ({
    ...manifest,
    metadata: { ...manifest.metadata, labels: ['a'] },
  }),
};

/** What is wrong with an object of one kind in particular. */
const OF_KIND: Readonly<Record<string, readonly [what: string, Changed]>> = {
  Namespace: ['a label that is none', at('metadata', { labels: { a: 'not a label!' } })],
  ConfigMap: ['a key that is none', (manifest) => ({ ...manifest, data: { 'a key': 'b' } })],
  Deployment: ['a selector of other pods', at('spec', { selector: { matchLabels: { app: 'other' } } })],
  Job: ['attempts below none', at('spec', { backoffLimit: -1 })],
  Service: ['a port above all', at('spec', { ports: [{ port: 70_000 }] })],
  PodDisruptionBudget: ['two bounds', at('spec', { minAvailable: 1, maxUnavailable: 1 })],
  NetworkPolicy: [
    'an address that is none',
    at('spec', { egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/33' } }] }] }),
  ],
  ScaledObject: ['no target', at('spec', { scaleTargetRef: {} })],
  TriggerAuthentication: [
    'a secret without a key',
    at('spec', { secretTargetRef: [{ parameter: 'apiKey' }] }),
  ],
  Connection: ['an address without a port', at('spec', { hostPort: 'temporal' })],
  WorkerDeployment: ['a rollout in no steps', at('spec', { rollout: { strategy: 'Progressive' } })],
  WorkerResourceTemplate: [
    'workers of two kinds',
    at('spec', { temporalWorkerDeploymentRef: { name: 'a' } }),
  ],
};

/** A manifest, broken in five ways. */
export function brokenOnesOf(manifest: Manifest): { readonly what: string; readonly object: object }[] {
  const own = OF_KIND[manifest.kind];
  if (own === undefined) throw new Error(`${manifest.kind}: no way to break it is known; add one to OF_KIND`);
  return [...Object.entries(ALWAYS), own].map(([what, changed]) => ({ what, object: changed(manifest) }));
}

function at(field: 'metadata' | 'spec', changes: object): Changed {
  return (manifest) => ({ ...manifest, [field]: { ...(manifest[field] as object), ...changes } });
}
