import type { OutgoingEvent } from '../src/contracts';
import { encodeEvent, newEvent } from '../src/contracts';
import { orderSubmitted, paymentAuthorized } from '../src/domains/shop/events';

const SOURCE = '/bench';
const PER_ORDER = 5;

/** So many events of the shop: an order's submission, then news that reach the same workflow; order by order in turn. */
export function shopEvents(run: string, count: number): OutgoingEvent[] {
  const orders = Math.ceil(count / PER_ORDER);
  return Array.from({ length: count }, (_, index) => {
    const orderId = `${run}-${index % orders}`;
    const round = Math.floor(index / orders);
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
