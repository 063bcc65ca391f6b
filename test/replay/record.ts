/**
 * `npm run replay:record`: drives the order workflow of this checkout through its courses on a real Temporal server, on
 * fakes of the capabilities, and writes each history to `histories/<course>.json`. A history that is there already is
 * kept: it stands for the orders that older code has left under way.
 */
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { NativeConnection } from '@temporalio/worker';
import { newOrderId } from '../../demo/orders';
import { createTemporalClient, registerSearchAttributes } from '../../src/adapters/temporal';
import { environment } from '../../src/config';
import { freePorts, startStack } from '../../src/dev/stack';
import { driveOrder } from '../support/order/driver';
import { quietRuntime, startShopWorkers } from '../support/order/environment';
import buildBundles from '../support/setup/bundles';
import { courses, SHORT_DEADLINES } from './courses';

const HISTORIES = path.join(__dirname, 'histories');

async function main(): Promise<void> {
  await buildBundles();
  const folder = await mkdtemp(path.join(tmpdir(), 'sagaline-record-'));
  const [temporal = 0, temporalUi = 0, temporalHttp = 0, temporalMetrics = 0] = await freePorts(4);
  const stack = await startStack({
    dataDir: folder,
    ports: { nats: 0, temporal, temporalUi, temporalHttp, temporalMetrics, postgres: 0 },
    namespace: 'default',
    searchPath: environment()['PATH'],
    external: { natsUrl: 'nats://not.started', databaseUrl: 'postgresql://not.started' },
    ephemeral: true,
    log: () => undefined,
    onUnexpectedExit: () => undefined,
  });
  try {
    await record(stack.temporalAddress);
  } finally {
    await stack.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function record(address: string): Promise<void> {
  quietRuntime();
  const client = createTemporalClient({ address, namespace: 'default' });
  await registerSearchAttributes(client);
  const connection = await NativeConnection.connect({ address });
  for (const [name, course] of Object.entries(courses)) {
    const file = path.join(HISTORIES, `${name}.json`);
    if (await exists(file)) continue;
    const workers = await startShopWorkers({ connection, namespace: 'default', deadlines: SHORT_DEADLINES });
    const order = driveOrder(client, newOrderId(name));
    await course({ order, shop: workers.shop, pause: sleep });
    const { state } = await order.result();
    await writeFile(file, `${anonymous(historyToJSON(await order.handle.fetchHistory()))}\n`);
    process.stdout.write(`${name}: ${state}\n`);
    await workers.stop();
  }
  await connection.close();
  await client.connection.close();
}

/** Without what belongs to the machine that recorded it; a replay looks at none of these. */
function anonymous(history: string): string {
  const withoutStacks = (name: string, value: unknown) => (name === 'stackTrace' ? '' : value);
  const text = JSON.stringify(JSON.parse(history), withoutStacks, 1);
  return text.replaceAll(`${process.pid}@${hostname()}`, 'recorder');
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

void main();
