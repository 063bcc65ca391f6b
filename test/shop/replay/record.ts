/**
 * `npm run replay:record`: drives the shop's workflows of this checkout through their scenarios on a real Temporal server, on
 * fakes of the capabilities, and writes each history to `histories/<scenario>.json`. A history that is there already is
 * kept: it stands for what older code has left under way.
 */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { newOrderId } from '../../../demo/orders';
import { createTemporalClient } from '../../../src/adapters/temporal';
import type { ReconciliationParts } from '../../../activities/shop/reconciliation';
import type { FakeShop } from '../support/fakes';
import { createFakeShop } from '../support/fakes';
import { driveOrder } from '../support/order/driver';
import { quietRuntime, recordHistories, startTestServers } from '../../../src/testing';
import { startShopWorkers } from '../support/order/environment';
import buildBundles from '../../support/setup/bundles';
import { scenarios, SHORT_DEADLINES, TERMS } from './scenarios';
import { demandScenarios, demandStage } from './demand-scenarios';
import { abandonedBooks, repairScenarios } from './repair-scenarios';

const HISTORIES = path.join(__dirname, 'histories');

async function main(): Promise<void> {
  await buildBundles();
  const servers = await startTestServers({ only: ['temporal'] });
  try {
    await record(servers.temporalAddress);
  } finally {
    await servers.stop();
  }
}

async function record(address: string): Promise<void> {
  quietRuntime();
  const client = createTemporalClient({ address, namespace: 'default' });
  const connection = await NativeConnection.connect({ address });

  async function recordOnce(
    name: string,
    play: (shop: FakeShop) => Promise<WorkflowHandle>,
    reconciled?: (shop: FakeShop) => ReconciliationParts,
  ): Promise<void> {
    const deadlines = { ...SHORT_DEADLINES, ...TERMS[name] };
    const shop = createFakeShop();
    const reconciliation = reconciled?.(shop);
    const scenario = async () => {
      const workers = await startShopWorkers({
        connection,
        namespace: 'default',
        deadlines,
        shop,
        reconciliation,
      });
      const handle = await play(shop);
      await handle.result();
      await workers.stop();
      return handle;
    };
    const recorded = await recordHistories(HISTORIES, { [name]: scenario });
    for (const each of recorded) process.stdout.write(`${each}\n`);
  }

  for (const [name, scenario] of Object.entries(scenarios)) {
    await recordOnce(name, async (shop) => {
      const order = driveOrder(client, newOrderId(name), shop);
      await scenario({ order, shop, pause: sleep });
      return order.handle;
    });
  }
  for (const [name, scenario] of Object.entries(demandScenarios)) {
    await recordOnce(name, async (shop) => {
      const stage = demandStage(client, name, { shop, pause: sleep });
      await scenario(stage);
      return stage.handle;
    });
  }
  for (const [name, { orders, play }] of Object.entries(repairScenarios)) {
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

void main();
