import type { OrderDeadlines } from '../../activities/shop/orders';
import { EVENTS } from '../../src/domains/shop/names';
import type { Deadline } from '../../src/saga';
import { showDetails, showState } from '../../src/saga';
import type { OrderEvent, OrderInbox } from './order-events';
import { CANCELLATION, PARCEL_NEWS } from './order-events';
import type { OrderSteps } from './order-steps';

type ParcelNews = Extract<OrderEvent, { type: (typeof PARCEL_NEWS)[number] }>;

/**
 * What became of a parcel that is on its way. Without news in time the carrier is asked; without news in the same time
 * again it is a person's turn. Cancellations come too late now, and are told so.
 */
export async function fateOfParcel(
  steps: OrderSteps,
  inbox: OrderInbox,
  { deliveryWithinMs }: OrderDeadlines,
  shipmentId: string,
): Promise<'delivered' | 'lost'> {
  showDetails('Paid; waiting for the delivery.');
  const first = await news(steps, inbox, { ms: deliveryWithinMs, waiting: 'Deadline for the delivery' });
  if (first) return fateIn(first);

  showDetails('Paid; no news of the parcel: asking the carrier.');
  const { status } = await steps.trackShipment(shipmentId);
  if (status === 'delivered' || status === 'lost') return status;

  showDetails(`Paid; the carrier says that the parcel is ${status}. Waiting once more.`);
  const second = await news(steps, inbox, {
    ms: deliveryWithinMs,
    waiting: 'Second deadline for the delivery',
  });
  if (second) return fateIn(second);

  showState('awaiting-decision', 'Paid, and **not delivered in time**: find out what became of the parcel.');
  for (;;) {
    const event = await inbox.takeWhenever([...PARCEL_NEWS, ...CANCELLATION]);
    if (event.type !== EVENTS.cancellationRequested) return fateIn(event);
    await steps.refuseCancellation('the parcel is on its way');
  }
}

/** The next news of the parcel before the deadline; a cancellation in between does not put the deadline off. */
async function news(
  steps: OrderSteps,
  inbox: OrderInbox,
  { ms, waiting }: Deadline,
): Promise<ParcelNews | undefined> {
  const until = Date.now() + ms;
  for (;;) {
    const left = Math.max(until - Date.now(), 1);
    const event = await inbox.take([...PARCEL_NEWS, ...CANCELLATION], { ms: left, waiting });
    if (event?.type !== EVENTS.cancellationRequested) return event;
    await steps.refuseCancellation('the parcel is on its way');
  }
}

function fateIn({ type }: ParcelNews): 'delivered' | 'lost' {
  return type === EVENTS.shipmentLost ? 'lost' : 'delivered';
}
