// `sagaline kubernetes`: what it writes for a small project, and what it leaves alone.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { LoadedApp } from '../../../../src/runtime/app';
import { definePool } from '../../../../src/runtime/app';
import { testCli } from '../../../support/cli';
import { pingDomain } from '../../../support/ping/domain';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), 'sagaline-kubernetes-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

const pool = definePool({
  domain: pingDomain,
  taskQueue: 'echoes',
  providers: ['radio'],
  activities: () => ({}),
});
const project = (pools: LoadedApp['pools']): LoadedApp => ({ domains: [pingDomain], pools, root: folder });

/** The command for a project of these pools. */
const kubernetes = (pools: LoadedApp['pools'], ...args: string[]) =>
  testCli({}, [pingDomain], undefined, { project: () => project(pools) })(
    'kubernetes',
    folder,
    '-o',
    'json',
    ...args,
  );

const read = async (file: string) =>
  parseAllDocuments(await readFile(path.join(folder, file), 'utf8')).map(
    (each) => each.toJS() as Record<string, object>,
  );

test('a process for each pool, scaled by the queue and the version of its own', async () => {
  expect(await kubernetes({ echo: pool })).toMatchObject({ code: 0 });
  expect(await read('version/worker-echo.yaml')).toMatchObject([
    {
      kind: 'Deployment',
      metadata: { name: 'sagaline-worker-echo' },
      spec: { template: { spec: { containers: [{ args: ['run', 'worker:echo'] }] } } },
    },
    { kind: 'PodDisruptionBudget' },
  ]);
  expect(await read('scaling/version/worker-echo.yaml')).toMatchObject([
    {
      spec: {
        minReplicaCount: 1,
        triggers: [{ metadata: { taskQueue: 'echoes', workerDeploymentName: 'sagaline-echo' } }],
      },
    },
  ]);
  // The project has no subscriptions.
  expect(await read('roles/kustomization.yaml')).toMatchObject([
    { resources: ['gateway.yaml', 'bridge.yaml', 'relay.yaml', 'console.yaml', 'network.yaml'] },
  ]);
});

test("Temporal's worker controller gets a pool by its name, and fills in what its templates leave empty", async () => {
  await kubernetes({ echo: pool });
  expect(await read('controller/worker-echo.yaml')).toMatchObject([
    {
      kind: 'WorkerDeployment',
      metadata: { name: 'echo' },
      spec: {
        workerOptions: { connectionRef: { name: 'sagaline' }, temporalNamespace: 'default' },
        rollout: { strategy: 'AllAtOnce' },
        sunset: { scaledownDelay: '24h', deleteDelay: '0s' },
      },
    },
    { kind: 'PodDisruptionBudget', metadata: { name: 'sagaline-worker-echo' } },
  ]);
  expect(await read('controller/connection.yaml')).toMatchObject([{ metadata: { name: 'sagaline' } }]);
  const [scaler] = await read('scaling/controller/worker-echo.yaml');
  expect(scaler).toMatchObject({
    kind: 'WorkerResourceTemplate',
    spec: { workerDeploymentRef: { name: 'echo' } },
  });
  const { template } = scaler?.['spec'] as { template: { spec: { triggers: { metadata: object }[] } } };
  expect(template).toMatchObject({ kind: 'ScaledObject', spec: { minReplicaCount: 1 } });
  expect(template.spec).toHaveProperty('scaleTargetRef', {});
  expect(template.spec.triggers[0]?.metadata).toMatchObject({
    ...{ taskQueue: 'echoes', namespace: '', workerDeploymentName: '', workerDeploymentBuildId: '' },
  });
  // It makes versions current by itself.
  expect(await read('controller/kustomization.yaml')).toMatchObject([
    { resources: ['../provision', 'connection.yaml', 'worker-echo.yaml'] },
  ]);
});

test('what is up to date stays, what differs is named, and files of others are left alone', async () => {
  await kubernetes({ echo: pool, other: pool });
  expect(await kubernetes({ echo: pool, other: pool }, '--check')).toMatchObject({ code: 0 });
  await writeFile(path.join(folder, 'version/own.yaml'), 'kind: ConfigMap\n');

  const differing = await kubernetes({ echo: pool }, '--check');
  expect(differing.code).toBe(1);
  expect(differing.problem()).toMatchObject({
    code: 'manifests-differ',
    files: expect.arrayContaining(['version/worker-other.yaml', 'version/kustomization.yaml']) as unknown,
  });
  const written = (await kubernetes({ echo: pool })).json();
  expect(written['removed']).toEqual([
    ...['controller/worker-other.yaml', 'scaling/controller/worker-other.yaml'],
    ...['scaling/version/worker-other.yaml', 'version/worker-other.yaml'],
  ]);
  expect(await readFile(path.join(folder, 'version/own.yaml'), 'utf8')).toBe('kind: ConfigMap\n');
  expect(await kubernetes({ echo: pool }, '--check')).toMatchObject({ code: 0 });
});
