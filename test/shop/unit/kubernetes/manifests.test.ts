// deploy/kubernetes: the base is the project's, each process would start in production with what its manifest gives it, and has
// nobody else's secrets.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { kubernetesFiles } from '../../../../src/kubernetes';
import { appConfig, getsPersonalData } from '../../../../src/runtime/config';
import { loadApp } from '../../../../src/runtime/load';
import { databaseUseOf, providersOf, rolesOf, signatureNeedsOf } from '../../../../src/runtime/roles';
import { workerVersionOf } from '../../../../src/runtime/version';

const FOLDER = path.resolve(__dirname, '../../../../deploy/kubernetes');
const MOUNTED = '/run/sagaline';
const app = loadApp();
const files = kubernetesFiles(app);

interface Container {
  readonly args: readonly string[];
  readonly env: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly configMapKeyRef: { readonly name: string; readonly key: string } };
  }[];
}
interface Source {
  readonly secret: {
    readonly name: string;
    readonly items: readonly { readonly key: string; readonly path: string }[];
  };
}
interface PodSpec {
  readonly containers: readonly [Container];
  readonly volumes: readonly { readonly projected?: { readonly sources: readonly Source[] } }[];
}
interface Workload {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: { readonly template: { readonly metadata: object; readonly spec: PodSpec } };
}

const objectsIn = (folders: RegExp) =>
  [...files]
    .filter(([file]) => folders.test(file))
    .flatMap(([, text]) => parseAllDocuments(text).map((document) => document.toJS() as Workload));
const deployments = objectsIn(/^(roles|provision|version)\//).filter(
  ({ kind }) => kind === 'Deployment' || kind === 'Job',
);
const workloads = deployments.map(workloadOf);

function workloadOf({ spec }: Workload) {
  const { containers, volumes } = spec.template.spec;
  const [container] = containers;
  const role = container.args.slice(container.args[0] === 'run' ? 1 : 0).join(' ');
  const sources = volumes.flatMap(({ projected }) => projected?.sources ?? []);
  return { role, container, secrets: sources.map(({ secret }) => secret) };
}

/** The values of the ConfigMaps that the base makes. */
const settings: Record<string, Record<string, string>> = {};
for (const part of ['roles', 'version']) {
  const { configMapGenerator } = parse(files.get(`${part}/kustomization.yaml`) ?? '') as {
    configMapGenerator: readonly { readonly name: string; readonly literals: readonly string[] }[];
  };
  for (const { name, literals } of configMapGenerator)
    settings[name] = Object.fromEntries(literals.map((line) => line.split(/=(.*)/s, 2)));
}

let place: string;
beforeAll(() => (place = mkdtempSync(path.join(tmpdir(), 'sagaline-manifests-'))));
afterAll(() => rmSync(place, { recursive: true, force: true }));

test('the committed base is what the project gives', () => {
  const base = path.join(FOLDER, 'base');
  const found = readdirSync(base, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.yaml'),
  );
  expect(found.sort()).toEqual([...files.keys()].sort());
  for (const [file, text] of files)
    expect([file, readFileSync(path.join(base, file), 'utf8')]).toEqual([file, text]);
});

test('each role but the sandbox and the codec server has a workload, and each pool', () => {
  const optional = ['codec-server', ...Object.keys(app.dev?.roles ?? {})];
  const wanted = Object.keys(rolesOf(app)).filter((role) => !optional.includes(role));
  expect(workloads.map(({ role }) => role).sort()).toEqual(
    [...wanted, 'provision', 'deploy set-current'].sort(),
  );
});

test.each(workloads)('$role finds all its settings in production', (workload) => {
  expect(() => configOf(workload)).not.toThrow();
});

/** What a process of a workload reads in production. */
function configOf(
  { role, container, secrets }: ReturnType<typeof workloadOf>,
  more: Readonly<Record<string, string>> = {},
) {
  const at = path.join(place, role.replace(/\W/g, '-'));
  for (const { items } of secrets)
    for (const { path: file } of items) {
      mkdirSync(path.dirname(path.join(at, file)), { recursive: true });
      writeFileSync(path.join(at, file), sampleOf(file));
    }
  const given = Object.fromEntries(
    container.env.map(({ name, value = '', valueFrom }) => {
      const from = valueFrom?.configMapKeyRef;
      return [name, from ? (settings[from.name]?.[from.key] ?? '') : value.replace(MOUNTED, at)];
    }),
  );
  const needs = {
    servesGateway: role === 'gateway',
    database: databaseUseOf(app, role),
    personalData: getsPersonalData(role),
    signatures: signatureNeedsOf(role),
  };
  const all = { NODE_ENV: 'production', ...settings['sagaline-settings'], ...given, ...more };
  return appConfig(app, providersOf(app, role), all, needs);
}

function sampleOf(file: string): string {
  if (file === 'database/url')
    return `postgresql://app:${'x'.repeat(40)}@postgres/sagaline?sslmode=verify-full`;
  return `${file}-${'x'.repeat(40)}`;
}

test('nobody has the credentials of another process', () => {
  const known = Object.fromEntries(
    workloads.map(({ role, secrets }) => [role, secrets.map(({ name }) => name)]),
  );
  const holding = (secret: string) =>
    Object.keys(known).filter((role) => known[role]?.includes(`sagaline-${secret}`));
  expect(holding('database-owner')).toEqual(['provision']);
  expect(holding('keys-provision')).toEqual(['provision']);
  expect(holding('keys-housekeeping')).toEqual(['bridge']);
  expect(holding('operator-token')).toEqual(['deploy set-current']);
  expect(holding('signing-gateway')).toEqual(['gateway']);
  expect(holding('signing-relay')).toEqual(['relay']);
  expect(holding('provider-carrier').sort()).toEqual(['gateway', 'worker:shipping']);
  expect(holding('provider-payment-provider').sort()).toEqual(['gateway', 'worker:payments']);
  for (const pool of Object.keys(app.pools))
    expect(holding(`database-worker-${pool}`)).toEqual([`worker:${pool}`]);
});

// Open orders are pinned to its deployment, which must not get another name when the setting of all processes changes.
test.each(Object.keys(app.pools))('the workers of a version of %s keep its name', (pool) => {
  const worker = workloads.find(({ role }) => role === `worker:${pool}`);
  const prefix = worker?.container.env.find(({ name }) => name === 'WORKER_DEPLOYMENT_PREFIX');
  const inVersion = { name: 'sagaline-version', key: 'WORKER_DEPLOYMENT_PREFIX' };
  expect(prefix?.valueFrom?.configMapKeyRef).toEqual(inVersion);
  expect(settings['sagaline-version']).toMatchObject({ WORKER_DEPLOYMENT_PREFIX: 'sagaline-' });
});

// Two versions run side by side: the Deployment of one must not take the pods of the other for its own.
test.each(['production', 'small'])('the overlay %s keeps the pods of versions apart', (overlay) => {
  const text = readFileSync(path.join(FOLDER, 'overlays', overlay, 'version/kustomization.yaml'), 'utf8');
  const { nameSuffix, labels, configMapGenerator } = parse(text) as {
    nameSuffix: string;
    labels: readonly { pairs: Record<string, string>; includeSelectors: boolean }[];
    configMapGenerator: readonly { literals: readonly string[] }[];
  };
  const version = labels[0]?.pairs['app.kubernetes.io/version'] ?? '';
  expect(labels).toMatchObject([{ includeSelectors: true }]);
  expect(nameSuffix).toBe(`-${version.replaceAll('.', '-')}`);
  expect(configMapGenerator[0]?.literals).toEqual([`BUILD_ID=${version}`]);
});

describe("with Temporal's worker controller", () => {
  const managed = objectsIn(/^controller\//).filter(({ kind }) => kind === 'WorkerDeployment');
  const pools = Object.entries(app.pools).map(([pool, { workflows }]) => ({ pool, workflows }));
  const named = (objects: readonly Workload[], wanted: string): Workload => {
    const found = objects.find(({ metadata }) => metadata.name === wanted);
    if (found === undefined) throw new Error(`there is no ${wanted}`);
    return found;
  };

  const OF_VERSION = ['BUILD_ID', 'WORKER_DEPLOYMENT_PREFIX'];

  // Policies and disruption budgets find them by the same labels.
  test.each(pools)('the pods of $pool are the same, but for the version', ({ pool }) => {
    const usual = named(deployments, `sagaline-worker-${pool}`);
    const { containers, ...pod } = usual.spec.template.spec;
    const [{ env, ...container }] = containers;
    expect(named(managed, pool).spec.template).toEqual({
      metadata: usual.spec.template.metadata,
      spec: {
        ...pod,
        containers: [{ ...container, env: env.filter(({ name }) => !OF_VERSION.includes(name)) }],
      },
    });
  });

  // What the controller adds to a pod's environment: ApplyControllerPodSpecModifications in its internal/k8s/deployments.go, v1.8.1.
  test.each(pools)('the workers of $pool take name and version from it', ({ pool, workflows }) => {
    const config = configOf(workloadOf(named(managed, pool)), {
      ...overlaySettings('controller'),
      TEMPORAL_ADDRESS: 'temporal-frontend.temporal.svc:7233',
      TEMPORAL_NAMESPACE: 'default',
      TEMPORAL_DEPLOYMENT_NAME: `sagaline/${pool}`,
      TEMPORAL_WORKER_BUILD_ID: '0.1.0-5d8f',
      TEMPORAL_API_KEY: 'of-the-controller',
    });
    const version = { deployment: `sagaline/${pool}`, buildId: '0.1.0-5d8f' };
    expect(workerVersionOf(app, pool, { ...(workflows !== undefined && { workflows }) }, config)).toEqual(
      version,
    );
    expect(config.secrets.reader('TEMPORAL_API_KEY')?.()).toMatch(/^temporal\/token/);
  });
});

/** The settings that an overlay changes for all processes. */
function overlaySettings(overlay: string): Record<string, string> {
  const file = path.join(FOLDER, 'overlays', overlay, 'roles/kustomization.yaml');
  const { namespace, configMapGenerator } = parse(readFileSync(file, 'utf8')) as {
    namespace: string;
    configMapGenerator: readonly { readonly literals: readonly string[] }[];
  };
  const changed = Object.fromEntries(
    configMapGenerator.flatMap(({ literals }) => literals.map((line) => line.split(/=(.*)/s, 2))),
  ) as Record<string, string>;
  expect(changed['WORKER_DEPLOYMENT_PREFIX']).toBe(`${namespace}/`);
  return changed;
}
