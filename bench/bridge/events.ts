import type { OutgoingEvent } from '../../src/contracts';
import { encodeEvent, newEvent } from '../../src/contracts';
import { orderSubmitted, paymentAuthorized } from '../../src/domains/shop/events';
import { EVENTS_OF_AN_ORDER } from './names';

const SOURCE = '/bench';

/** So many events of the shop: an order's submission, then news that reach the same workflow; order by order in turn. */
export function shopEvents(run: string, count: number): OutgoingEvent[] {
  const orders = orderIdsOf(run, count);
  return Array.from({ length: count }, (_, index) => {
    const orderId = orders[index % orders.length] ?? run;
    const round = Math.floor(index / orders.length);
    const event =
      round === 0
        ? newEvent(orderSubmitted, { id: orderId, data: { ...orderSubmitted.example, orderId } })
        : newEvent(paymentAuthorized, {
            id: `${orderId}-${round}`,
            data: { ...paymentAuthorized.example, orderId, asynchronous: true },
          });
    return encodeEvent(event, { source: SOURCE });
  });
}

/** The orders of so many events. */
export function orderIdsOf(run: string, count: number): string[] {
  return Array.from({ length: Math.ceil(count / EVENTS_OF_AN_ORDER) }, (_, number) => `${run}-${number}`);
}
