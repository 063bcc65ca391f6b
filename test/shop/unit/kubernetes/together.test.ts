// How the objects of several overlays fit together: a mistake of each sort.
import { parse } from 'yaml';
import { problemsTogether } from '../../../../scripts/deployment/manifests/together';
import type { Manifest } from '../../../../scripts/deployment/manifests/render';

const manifest = (text: string) => parse(text) as Manifest;
const settings = (prefix: string) =>
  manifest(
    `{ apiVersion: v1, kind: ConfigMap, metadata: { name: sagaline-settings }, data: { WORKER_DEPLOYMENT_PREFIX: ${prefix} } }`,
  );
const workers = (image: string) =>
  manifest(`{ apiVersion: temporal.io/v1alpha1, kind: WorkerDeployment, metadata: { name: orders, namespace: shop },
    spec: { template: { metadata: { labels: { app: worker } }, spec: { containers: [{ image: "${image}" }] } } } }`);
const gateway = (image: string) =>
  manifest(`{ apiVersion: apps/v1, kind: Deployment, metadata: { name: gateway },
    spec: { template: { metadata: { labels: { app: gateway } }, spec: { containers: [{ image: "${image}" }] } } } }`);
const former = manifest(`{ apiVersion: apps/v1, kind: Deployment, metadata: { name: worker-1 },
  spec: { template: { metadata: { labels: { app: worker, version: "1" } }, spec: { containers: [] } } } }`);
const budget = (name: string, selector: string) =>
  manifest(
    `{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: ${name} }, spec: { selector: ${selector} } }`,
  );

const controller = (prefix: string, image = 'app:1') => [
  { name: 'overlays/controller/roles', manifests: [settings(prefix), gateway('app:1')] },
  { name: 'overlays/controller/version', manifests: [workers(image)] },
];

test('the prefix of the names is the namespace of the worker controller’s objects', () => {
  expect(problemsTogether(controller('shop/'))).toEqual([]);
  expect(problemsTogether(controller('sagaline/'))).toEqual([
    'overlays/controller: WORKER_DEPLOYMENT_PREFIX is "sagaline/", and must be "shop/", the namespace of the WorkerDeployments',
  ]);
});

test('all processes of an overlay have one image', () => {
  expect(problemsTogether(controller('shop/', 'app:2'))).toEqual([
    'overlays/controller: the images differ: app:1, app:2: change all lines marked "# version"',
  ]);
  // Another overlay may have another one.
  const other = { name: 'overlays/small/roles', manifests: [gateway('app:3')] };
  expect(problemsTogether([...controller('shop/'), other])).toEqual([]);
});

test('no pod is selected by two budgets, also not by one of another overlay', () => {
  const before = {
    name: 'overlays/production/version',
    manifests: [former, budget('worker-1', '{ matchLabels: { app: worker, version: "1" } }')],
  };
  const budgets = (selector: string) => [
    before,
    ...controller('shop/'),
    { name: 'overlays/controller/more', manifests: [budget('worker', selector)] },
  ];
  expect(
    problemsTogether(
      budgets(
        '{ matchLabels: { app: worker }, matchExpressions: [{ key: version, operator: DoesNotExist }] }',
      ),
    ),
  ).toEqual([]);
  expect(problemsTogether(budgets('{ matchLabels: { app: worker } }'))).toEqual([
    'overlays: Deployment worker-1: two budgets select its pods, worker-1 and worker: none could be evicted',
  ]);
});
