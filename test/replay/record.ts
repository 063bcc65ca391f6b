/**
 * `npm run replay:record`: drives the shop's workflows of this checkout through their courses on a real Temporal server, on
 * fakes of the capabilities, and writes each history to `histories/<course>.json`. A history that is there already is
 * kept: it stands for what older code has left under way.
 */
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { WorkflowHandle } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { newOrderId } from '../../demo/orders';
import { createTemporalClient, registerSearchAttributes } from '../../src/adapters/temporal';
import { environment } from '../../src/config';
import type { SagaResult } from '../../src/contracts';
import { freePorts, startStack } from '../../src/dev/stack';
import type { ReconciliationParts } from '../../activities/shop/reconciliation';
import type { FakeShop } from '../support/fakes';
import { createFakeShop } from '../support/fakes';
import { driveOrder } from '../support/order/driver';
import { quietRuntime } from '../../src/testing';
import { startShopWorkers } from '../support/order/environment';
import buildBundles from '../support/setup/bundles';
import { courses, SHORT_DEADLINES, TERMS } from './courses';
import { demandCourses, demandStage } from './demand-courses';
import { abandonedBooks, repairCourses } from './repair-courses';

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

  async function recordOnce(
    name: string,
    play: (shop: FakeShop) => Promise<WorkflowHandle>,
    reconciled?: (shop: FakeShop) => ReconciliationParts,
  ): Promise<void> {
    const file = path.join(HISTORIES, `${name}.json`);
    if (await exists(file)) return;
    const deadlines = { ...SHORT_DEADLINES, ...TERMS[name] };
    const shop = createFakeShop();
    const reconciliation = reconciled?.(shop);
    const workers = await startShopWorkers({
      connection,
      namespace: 'default',
      deadlines,
      shop,
      reconciliation,
    });
    const handle = await play(shop);
    const { state = 'completed' } = (await handle.result()) as Partial<SagaResult>;
    await writeFile(file, `${anonymous(historyToJSON(await handle.fetchHistory()))}\n`);
    process.stdout.write(`${name}: ${state}\n`);
    await workers.stop();
  }

  for (const [name, course] of Object.entries(courses)) {
    await recordOnce(name, async (shop) => {
      const order = driveOrder(client, newOrderId(name), shop);
      await course({ order, shop, pause: sleep });
      return order.handle;
    });
  }
  for (const [name, course] of Object.entries(demandCourses)) {
    await recordOnce(name, async (shop) => {
      const stage = demandStage(client, name, { shop, pause: sleep });
      await course(stage);
      return stage.handle;
    });
  }
  for (const [name, { orders, play }] of Object.entries(repairCourses)) {
    const orderId = newOrderId(name);
    const stage = (shop: FakeShop) => ({ client, shop, orderId });
    await recordOnce(
      name,
      (shop) => play(stage(shop)),
      (shop) => abandonedBooks(stage(shop), orders),
    );
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
