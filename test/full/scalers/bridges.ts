// Events that wait for a bridge, as a console measures them and Prometheus reads them.
import { newOrderId, orderOf, submissionOf } from '../../../demo/orders';
import { connectNats, createPublisher, natsRole } from '../../../src/adapters/nats';
import type { ShopProcesses } from '../../shop/support/shop-processes';
import { startShopProcesses } from '../../shop/support/shop-processes';
import { silentLog } from '../../support/log';
import type { Expect } from './expect';
import { fails, triggerOf, waits } from './expect';
import { startPrometheus } from './prometheus';

const EVENTS = 30;

export async function expectBridges(expect: Expect): Promise<void> {
  const shop = await startShopProcesses({});
  try {
    const console = await shop.start('console');
    const prometheus = await startPrometheus(new URL(console.health).host);
    const bridges = triggerOf('roles/bridge', { serverAddress: prometheus.url });
    try {
      await expect('bridges, before anything has happened', bridges, waits(0));
      await submitOrders(shop);
      await expect(`bridges, ${EVENTS} events and none of them`, bridges, waits(EVENTS));
      await shop.start('bridge');
      await expect('bridges, with one', bridges, waits(0));
      await console.stop();
      await expect('bridges, without a console: no answer, so they stay as many as they are', bridges, fails);
    } finally {
      await prometheus.stop();
    }
  } finally {
    await shop.stop();
  }
}

async function submitOrders({ settings }: ShopProcesses): Promise<void> {
  const url = `nats://127.0.0.1:${settings['NATS_PORT'] ?? ''}`;
  const nats = await connectNats({ url, ...natsRole('operator'), name: 'scalers', log: silentLog });
  const publish = createPublisher(nats.jetstream());
  for (let count = 0; count < EVENTS; count += 1) await publish(submissionOf(orderOf(newOrderId('scaled'))));
  await nats.close();
}
