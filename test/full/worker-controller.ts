/**
 * Temporal's worker controller with workers of this repository: its own code, built from a checkout of
 * https://github.com/temporalio/temporal-worker-controller, beside a real API server and two of Temporal's servers.
 * `npm run test:full -- worker-controller <folder of the checkout>`: some minutes, and more to build the programs the first time. Needs
 * Go, and downloads Debian's package etcd-server by apt-get. No kubelet runs: the suite starts the worker of each Deployment as a process
 * with the environment of its template, and says to the API server that it is available once its /readyz does.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Manifest } from '../../scripts/deployment/manifests/render';
import { render } from '../../scripts/deployment/manifests/render';
import { findProgram, KUBECTL } from '../../scripts/deployment/programs';
import { environment } from '../../src/config';
import { errorMessage } from '../../src/contracts';
import { freePorts } from '../../src/dev/stack';
import { say } from '../support/journal/stage';
import { makeTemporalKeys } from '../support/secured-temporal';
import { startShopProcesses } from '../shop/support/shop-processes';
import { debianPackage } from './debian';
import { startApiServer } from './kubernetes/api-server';
import { defineController } from './kubernetes/controller';
import { defineKeda } from './kubernetes/keda';
import { buildKubernetes } from './kubernetes/programs';
import { buildController, startController } from './worker-controller/controller';
import { useCredentials } from './worker-controller/credentials';
import { podsOf } from './worker-controller/pods';
import { rollOut } from './worker-controller/roll-out';

const VERSION = '1.35.4';
/** Of the controller's log, after a failure. */
const LOG_LINES = 15;
const OVERLAY = path.resolve(__dirname, '../../deploy/kubernetes/overlays/controller');

/** What ends, the latest first, also when the suite fails. */
type Endings = (() => Promise<unknown>)[];

async function main(checkout: string | undefined): Promise<void> {
  if (checkout === undefined || !existsSync(path.join(checkout, 'go.mod')))
    throw new Error(
      'name a folder with a checkout of https://github.com/temporalio/temporal-worker-controller',
    );
  const endings: Endings = [];
  try {
    await run(checkout, endings);
    say('The controller makes versions of our workers current, and keeps those that orders need.');
  } finally {
    for (const end of endings.reverse()) await end();
  }
}

async function run(checkout: string, endings: Endings): Promise<void> {
  const kubectl = await findProgram(KUBECTL, environment(), say);
  const programs = await buildKubernetes(VERSION, say);
  const { program, remove } = await buildController(checkout, say);
  endings.push(remove);
  const etcd = await debianPackage('etcd-server');
  endings.push(() => etcd.remove());
  const server = await startApiServer(programs, path.join(etcd.programs, 'etcd'));
  endings.push(() => server.stop());
  await defineKeda(server);
  await defineController(server, checkout);
  const rendered = (folder: string) => render(kubectl, OVERLAY, folder).manifests;
  const [roles, version] = [rendered('roles'), rendered('version')];
  const shop = await startShopProcesses(prefixIn(roles));
  endings.push(() => shop.stop());
  const [port = 0] = await freePorts(1);
  const keys = await makeTemporalKeys({ port });
  endings.push(() => keys.remove());
  const controller = await startController(program, server, { authorities: keys.at('temporal/ca.pem') });
  endings.push(() => controller.stop());
  const pods = podsOf(server);
  const named = (kind: string, name: string) => {
    const found = version.find((each) => each.kind === kind && each.metadata.name === name);
    if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
    return found;
  };
  const connection = named('Connection', 'sagaline');
  try {
    const workers = named('WorkerDeployment', 'notifications');
    await useCredentials({ shop, pods, keys, port, connection, workers, say });
    await rollOut({
      ...{ shop, pods, connection, say },
      workers: named('WorkerDeployment', 'orders'),
      scaler: named('WorkerResourceTemplate', 'orders-scaler'),
    });
  } catch (error) {
    say((await controller.log()).split('\n').slice(-LOG_LINES).join('\n'));
    throw error;
  }
}

/** The setting that names the deployments, as the overlay gives it to all processes. */
function prefixIn(roles: readonly Manifest[]): Record<string, string> {
  const settings = roles.find(({ metadata: { name } }) => name === 'sagaline-settings');
  const { WORKER_DEPLOYMENT_PREFIX = '' } = (settings?.['data'] ?? {}) as Record<string, string>;
  return { WORKER_DEPLOYMENT_PREFIX };
}

main(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`${errorMessage(error)}\n`);
  process.exitCode = 1;
});
