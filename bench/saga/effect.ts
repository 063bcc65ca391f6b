import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { connectNats, createPublisher } from '../../src/adapters/nats';
import { encodeEvent, newEvent } from '../../src/contracts';
import { orderSubmitted } from '../../domains/shop/events';
import { figure } from '../figures';
import { paced, percentile } from '../paced';
import type { Part } from '../part';
import { silent } from '../silent';
import { inTestbed } from '../testbed';
import { receiveCarrierNotifications } from './carrier-notifications';
import { roundOf } from './round';
import { openBenchShop, orderOfRun, SHOP_PROCESSES, SOON } from './shop';
import { ourWay } from './ways';

/** Rounds that determine the highest rate of the shop; the first ones warm up. */
const CALIBRATION = { rounds: 3, open: 20 };
const CHANNEL = 'bench_order_entered';
/** An order that has not been entered by then is taken as lost. */
const LATEST_MS = 30_000;

/** From the publish of an order to its first effect in PostgreSQL, as a client sees it that waits for the commit. */
export const effect: Part = {
  name: 'effect',
  about: 'from publish to the first effect in PostgreSQL, at half load',
  onProduction: true,
  run: ({ quick, say, temporal }) =>
    inTestbed({ temporal, processes: [...SHOP_PROCESSES, 'bridge'], settings: SOON }, async (testbed) => {
      const [repeats, seconds, calibration] = quick ? [2, 5, 20] : [5, 25, 60];
      const shop = await openBenchShop(testbed);
      const way = ourWay(shop.client);
      const stopNotifications = await receiveCarrierNotifications(testbed.config.GATEWAY_PORT, (event) =>
        way.tell(event),
      );
      const nats = await connectNats({ url: testbed.config.NATS_URL, name: 'bench', log: silent });
      const publish = createPublisher(nats.jetstream());
      let most = 0;
      for (let n = 1; n <= CALIBRATION.rounds; n++) {
        ({ perSecond: most } = await roundOf(testbed, shop, way, {
          run: `calibration${n}`,
          orders: calibration,
          open: CALIBRATION.open,
        }));
      }
      const perSecond = most / 2;
      say(
        `${repeats} rounds of ${seconds} s, ${perSecond.toFixed(1)} orders a second, half of ${most.toFixed(1)}`,
      );
      const entered = await listenForOrders(testbed.config.DATABASE_URL);
      const rounds: number[][] = [];
      for (let n = 1; n <= repeats; n++) {
        const orders = Array.from({ length: Math.ceil(perSecond * seconds) }, (_, at) =>
          orderOfRun(`e${n}`, at),
        );
        const round = await paced(orders, perSecond, async (order) => {
          const event = newEvent(orderSubmitted, { id: order.orderId, data: order });
          const seen = entered.until(order.orderId);
          await publish(encodeEvent(event, { source: '/bench' }));
          await seen;
        });
        rounds.push(round);
      }
      await entered.close();
      stopNotifications();
      await nats.close();
      await shop.close();
      const of = (name: string, part: number) =>
        figure(
          `latency: ${name}, publish to first effect in PostgreSQL`,
          'ms',
          rounds.map((round) => percentile(round, part)),
        );
      return [of('p50', 0.5), of('p99', 0.99)];
    }),
};

/** Gets a notification from PostgreSQL at the commit of the transaction that enters an order. */
async function listenForOrders(databaseUrl: string) {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(`
    create function orders.tell_bench() returns trigger language plpgsql as
      $$ begin perform pg_notify('${CHANNEL}', new.order_id); return new; end $$;
    create trigger tell_bench after insert on orders.orders for each row execute function orders.tell_bench();
    listen ${CHANNEL}`);
  const waiting = new Map<string, () => void>();
  client.on('notification', ({ payload = '' }) => {
    waiting.get(payload)?.();
    waiting.delete(payload);
  });
  return {
    until: (orderId: string) =>
      Promise.race([
        new Promise<void>((resolve) => void waiting.set(orderId, resolve)),
        sleep(LATEST_MS, undefined, { ref: false }).then(() => {
          if (waiting.has(orderId)) throw new Error(`order ${orderId} was not entered`);
        }),
      ]),
    close: () => client.end(),
  };
}
