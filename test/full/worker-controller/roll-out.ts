// A pool comes to the controller, gets a second version while an order is open, and loses the first one when nothing is pinned to it.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { describeDeployment } from '../../../src/adapters/temporal';
import { countPinned } from '../../../src/adapters/temporal/deployments/pinned';
import { driveOrder } from '../../shop/support/order/driver';
import type { RoleProcess, ShopProcesses } from '../../shop/support/shop-processes';
import { FROM_SOURCES } from '../../support/quick-start';
import { until } from '../../support/until';
import type { Manifest } from '../../../scripts/deployment/manifests/render';
import { IDENTITY } from './controller';
import type { Pods, VersionDeployment } from './pods';
import { buildIdOf, environmentOf, RECONCILED_WITHIN_MS, twoLooks } from './pods';

const POOL = 'orders';
const DEPLOYMENT = `sagaline/${POOL}`;
/** How the pool was deployed before. */
const BEFORE = { deployment: `sagaline-${POOL}`, buildId: 'before-the-controller' };
/** Temporal looks from time to time whether a version has drained; each look is some minutes after the last. */
const DRAINED_WITHIN_MS = 12 * 60_000;
const ROOT = path.resolve(__dirname, '../../..');

interface Parts {
  readonly shop: ShopProcesses;
  readonly pods: Pods;
  /** Objects of the overlay. */
  readonly connection: Manifest;
  readonly workers: Manifest;
  readonly scaler: Manifest;
  readonly say: (line: string) => void;
}

export async function rollOut({ shop, pods, connection, workers, scaler, say }: Parts): Promise<void> {
  const { temporal } = shop;
  const known: VersionDeployment[] = [];
  const current = async () => (await describeDeployment(temporal, DEPLOYMENT))?.current;
  const pinned = (buildId: string) => countPinned(temporal, { deployment: DEPLOYMENT, buildId });
  const becomesCurrent = (buildId: string) =>
    until(`${buildId} is current`, async () => (await current()) === buildId, RECONCILED_WITHIN_MS);
  const start = async (): Promise<{
    deployment: VersionDeployment;
    worker: RoleProcess;
    buildId: string;
  }> => {
    const deployment = await pods.newVersion(POOL, known);
    known.push(deployment);
    const before = await current();
    const worker = await shop.start(`worker:${POOL}`, environmentOf(deployment));
    const buildId = buildIdOf(deployment);
    await twoLooks();
    expectEqual('a worker that is ready makes nothing current', await current(), before);
    await pods.markAvailable(deployment);
    await becomesCurrent(buildId);
    say(`  ${deployment.metadata.name}: ready, and ${buildId} current when it is available`);
    return { deployment, worker, buildId };
  };

  const settings = { WORKER_DEPLOYMENT_PREFIX: 'sagaline-', BUILD_ID: BEFORE.buildId };
  const former = await shop.start(`worker:${POOL}`, settings);
  await driveOrder(temporal, 'before').submit();
  await until('an order is pinned to it', async () => (await countPinned(temporal, BEFORE)) === 1);

  await pods.apply(localConnection(connection, shop.temporalAddress));
  await pods.apply(workers);
  await pods.apply(scaler);
  const first = await start();
  const { manager } = (await describeDeployment(temporal, DEPLOYMENT)) ?? {};
  expectEqual('the controller is the manager', manager, IDENTITY);
  await driveOrder(temporal, 'first').submit();
  await until('an order is pinned to the first version', async () => (await pinned(first.buildId)) === 1);
  expectEqual('an order of the time before stays where it is', await countPinned(temporal, BEFORE), 1);
  await former.stop();

  await pods.apply(withImage(workers, '0.2.0'));
  const second = await start();
  await driveOrder(temporal, 'second').submit();
  await until(
    'a new order is pinned to the second version',
    async () => (await pinned(second.buildId)) === 1,
  );
  expectEqual('the open order stays on the first', await pinned(first.buildId), 1);
  const all = await pods.versions(POOL);
  const left = all.filter(({ spec }) => spec.replicas !== 0).map(({ metadata }) => metadata.name);
  const names = known.map(({ metadata }) => metadata.name);
  expectEqual('both versions keep their workers', left.sort().join(), names.sort().join());
  say('  an open order keeps the first version and its Deployment; new ones go to the second');

  await expectScalers(pods, known);
  await expectCommands(shop, { known: [first.buildId, second.buildId], say });

  await pods.apply(withSunset(withImage(workers, '0.2.0'), { scaledownDelay: '1s', deleteDelay: '0s' }));
  const { out } = await sagaline(
    shop.settings,
    'deploy',
    'move',
    POOL,
    '--from',
    first.buildId,
    '-o',
    'json',
  );
  expectEqual('deploy move needs no takeover', (JSON.parse(out) as { moved: number }).moved, 1);
  const since = Date.now();
  const named = async () => (await pods.versions(POOL)).map(({ metadata }) => metadata.name);
  const isGone = async () => !(await named()).includes(first.deployment.metadata.name);
  await until('the Deployment of the drained version is gone', isGone, DRAINED_WITHIN_MS);
  expectEqual('the second stays', (await named()).join(), second.deployment.metadata.name);
  const seconds = Math.round((Date.now() - since) / 1_000);
  say(`  nothing pinned to the first version: the controller has deleted its Deployment, ${seconds} s later`);
}

/** The development server has no credentials. */
function localConnection(connection: Manifest, hostPort: string): Manifest {
  return { ...connection, spec: { hostPort } };
}

type Template = { spec: { containers: readonly { image: string }[] } } & Readonly<Record<string, unknown>>;

function withImage(workers: Manifest, tag: string): Manifest {
  const spec = workers['spec'] as { template: Template };
  const { template } = spec;
  const containers = template.spec.containers.map((container) => ({
    ...container,
    image: container.image.replace(/:[^:]*$/, `:${tag}`),
  }));
  return {
    ...workers,
    spec: { ...spec, template: { ...template, spec: { ...template.spec, containers } } },
  };
}

function withSunset(workers: Manifest, sunset: object): Manifest {
  return { ...workers, spec: { ...(workers['spec'] as object), sunset } };
}

interface Scaler {
  readonly spec: {
    readonly scaleTargetRef: { readonly name: string };
    readonly triggers: readonly { readonly metadata: Readonly<Record<string, string>> }[];
  };
}

/** The controller has filled in a scaler for each version. */
async function expectScalers(pods: Pods, known: readonly VersionDeployment[]): Promise<void> {
  const scalers = await pods.get<Scaler>('scaledobjects');
  const found = scalers.map(({ spec: { scaleTargetRef, triggers } }) => {
    const { namespace, workerDeploymentName, workerDeploymentBuildId } = triggers[0]?.metadata ?? {};
    return [scaleTargetRef.name, namespace, workerDeploymentName, workerDeploymentBuildId].join(' ');
  });
  const wanted = known.map((each) => [each.metadata.name, 'default', DEPLOYMENT, buildIdOf(each)].join(' '));
  expectEqual('each version has its scaler', found.sort().join(', '), wanted.sort().join(', '));
}

/** What an operator's commands say, with the same setting. */
async function expectCommands(
  { settings }: ShopProcesses,
  { known, say }: { readonly known: readonly string[]; readonly say: Parts['say'] },
): Promise<void> {
  const status = await sagaline(settings, 'deploy', 'status', '-o', 'json');
  const { pools } = JSON.parse(status.out) as {
    pools: readonly { pool: string; manager?: string; versions: readonly { buildId: string }[] }[];
  };
  const orders = pools.find(({ pool }) => pool === POOL);
  expectEqual('deploy status names the manager', orders?.manager, IDENTITY);
  const versions = orders?.versions.map(({ buildId }) => buildId) ?? [];
  expectEqual('deploy status has both versions', [...versions].sort().join(), [...known].sort().join());
  const refused = await sagaline(
    settings,
    'deploy',
    'set-current',
    POOL,
    '--build-id',
    known[0] ?? '',
    '-o',
    'json',
  );
  const { error } = JSON.parse(refused.error) as { error: { code: string; message: string } };
  expectEqual('deploy set-current is refused', error.code, 'managed');
  say(`  deploy set-current: ${error.message}`);
}

function sagaline(
  settings: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<{ out: string; error: string }> {
  return new Promise((resolve) => {
    const command = [...FROM_SOURCES, path.join('bin', 'sagaline.mjs'), ...args];
    execFile(process.execPath, command, { cwd: ROOT, env: { ...settings } }, (_, out, error) =>
      resolve({ out, error }),
    );
  });
}

function expectEqual(what: string, found: unknown, wanted: unknown): void {
  if (found !== wanted) throw new Error(`${what}: ${String(found)} instead of ${String(wanted)}`);
}
