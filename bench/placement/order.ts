import { placementOf } from '../../src/contracts';
import { order as orderProcess } from '../../domains/shop/workflows';
import { receiveCarrierNotifications } from '../saga/carrier-notifications';
import { roundOf } from '../saga/round';
import { openBenchShop, SHOP_PROCESSES, SOON } from '../saga/shop';
import { ourWay } from '../saga/ways';
import { ALL_PLACED, ON_OUR_DATABASE } from './order-pool';
import type { Subject } from './subject';

/** The order of the shop, without its provider calls and with them. */
export const orderSubjects: readonly Subject[] = [
  orderSubject('the order, with stock and messages placed', ON_OUR_DATABASE),
  orderSubject('the order, with everything placed', ALL_PLACED),
];

function orderSubject(name: string, places: typeof ALL_PLACED): Subject {
  return {
    name,
    processes: SHOP_PROCESSES.map((each) => (each === 'worker:orders' ? 'bench:placed-orders' : each)),
    settings: SOON,
    placement: placementOf([{ ...orderProcess, places }]),
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
}
