// What one object does not show: how those of several folders fit together.
import path from 'node:path';
import type { Manifest, Rendered } from './render';

const SETTINGS = 'sagaline-settings';
const PREFIX = 'WORKER_DEPLOYMENT_PREFIX';

/** Of folders `overlays/<name>/<part>`, by folder. */
export function problemsTogether(overlays: readonly Rendered[]): string[] {
  const names = [...new Set(overlays.map(({ name }) => path.dirname(name)))];
  return [
    ...names.flatMap((name) => {
      const manifests = overlays
        .filter((each) => path.dirname(each.name) === name)
        .flatMap((each) => each.manifests);
      return [...imageProblems(manifests), ...prefixProblems(manifests)].map((each) => `${name}: ${each}`);
    }),
    ...budgetProblems(overlays.flatMap(({ manifests }) => manifests)).map((each) => `overlays: ${each}`),
  ];
}

function imageProblems(manifests: readonly Manifest[]): string[] {
  const images = [...new Set(manifests.flatMap(imagesIn))].sort();
  return images.length > 1
    ? [`the images differ: ${images.join(', ')}: change all lines marked "# version"`]
    : [];
}

function imagesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    key === 'image' && typeof each === 'string' ? [each] : imagesIn(each),
  );
}

/** The worker controller names a deployment by its namespace, and all processes must compute the same name. */
function prefixProblems(manifests: readonly Manifest[]): string[] {
  const workers = manifests.find(({ kind }) => kind === 'WorkerDeployment');
  if (workers === undefined) return [];
  const settings = manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === SETTINGS);
  const prefix = (settings?.['data'] as Record<string, string> | undefined)?.[PREFIX];
  const wanted = `${workers.metadata.namespace ?? 'default'}/`;
  return prefix === wanted
    ? []
    : [`${PREFIX} is "${prefix ?? ''}", and must be "${wanted}", the namespace of the WorkerDeployments`];
}

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string }[];
}

/** Kubernetes evicts no pod that two budgets select. Workers with and without the controller run side by side for weeks. */
function budgetProblems(manifests: readonly Manifest[]): string[] {
  const budgets = manifests.filter(({ kind }) => kind === 'PodDisruptionBudget');
  const found = manifests.flatMap((manifest) => {
    const labels = podLabelsOf(manifest);
    if (labels === undefined) return [];
    const selecting = budgets.filter(({ spec }) =>
      selects((spec as { selector: Selector }).selector, labels),
    );
    const names = [...new Set(selecting.map(({ metadata }) => metadata.name))];
    return names.length > 1
      ? [
          `${manifest.kind} ${manifest.metadata.name}: two budgets select its pods, ${names.join(' and ')}: none could be evicted`,
        ]
      : [];
  });
  return [...new Set(found)];
}

function podLabelsOf({ kind, spec }: Manifest): Readonly<Record<string, string>> | undefined {
  if (kind !== 'Deployment' && kind !== 'WorkerDeployment') return undefined;
  return (spec as { template: { metadata: { labels: Record<string, string> } } }).template.metadata.labels;
}

/** As far as our budgets go: labels with a value, and labels that must not be there. */
function selects(
  { matchLabels = {}, matchExpressions = [] }: Selector,
  labels: Readonly<Record<string, string>>,
): boolean {
  return (
    Object.entries(matchLabels).every(([name, value]) => labels[name] === value) &&
    matchExpressions.every(({ key, operator }) => operator === 'DoesNotExist' && !(key in labels))
  );
}
