import { placementOf } from '../../src/contracts';
import { order as orderProcess } from '../../domains/shop/workflows';
import { receiveCarrierNotifications } from '../saga/carrier-notifications';
import { roundOf } from '../saga/round';
import { openBenchShop, SHOP_PROCESSES, SOON } from '../saga/shop';
import { ourWay } from '../saga/ways';
import { PLACED_WITH_ORDERS } from './order-pool';
import type { Subject } from './subject';

/** The order of the shop: its payments and parcels are at providers, and stay on their queues. */
export const orderSubject: Subject = {
  name: 'the order, with stock and messages placed',
  processes: SHOP_PROCESSES.map((each) => (each === 'worker:orders' ? 'bench:placed-orders' : each)),
  settings: SOON,
  placement: placementOf([{ ...orderProcess, places: PLACED_WITH_ORDERS }]),
  open: async (testbed) => {
    const shop = await openBenchShop(testbed);
    const way = ourWay(shop.client);
    const stopNotifications = await receiveCarrierNotifications(testbed.config.GATEWAY_PORT, (event) =>
      way.tell(event),
    );
    return {
      round: ({ placement, run, count, atOnce }) =>
        roundOf(testbed, shop, ourWay(shop.client, placement), { run, orders: count, open: atOnce }),
      close: async () => {
        stopNotifications();
        await shop.close();
      },
    };
  },
};
