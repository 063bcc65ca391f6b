import { patched } from '@temporalio/workflow';
import type { Shipment } from '../../activities/shop/shipping';
import { EVENTS, REASONS } from '../../src/domains/shop/names';
import { BY_RANK } from '../../src/domains/shop/rules/transitions';
import type { Deadline } from '../../src/saga';
import { SagaFailure } from '../../src/saga';
import { amendOrder } from './order-amendment';
import type { OrderEvent } from './order-events';
import { PARCEL_NEWS } from './order-events';
import type { Order } from './order-parts';
import { dueOf, withShipments } from './order-parts';
import { own } from './order-placing';
import { cancelled } from './order-wishes';

/** A parcel from each warehouse that gives something; where the carrier refuses one, it is none. */
export async function book(order: Order): Promise<void> {
  const { steps, scopes, content } = order;
  const parcels = order.allocation.map(({ warehouse, lines }) => ({
    warehouse,
    booking: { recipient: content.shippingAddress, parcels: lines, number: order.bookings++ },
  }));
  const booked = parcels.map(({ booking }) => steps.createShipment(booking));
  const shipments = await own(scopes).parallel<Shipment[]>(...booked);
  order.parcels = withShipments(parcels, shipments);
  order.course.go('booked', waitingFor(order));
}

/** Until the carrier has fetched the first parcel. */
export async function leave(order: Order): Promise<void> {
  const { steps, inbox, course, deadlines } = order;
  let until = Date.now() + deadlines.dispatchWithinMs;
  for (;;) {
    const { parcels } = order;
    const event = await nextByRank(order, {
      ms: Math.max(until - Date.now(), 1),
      waiting: `Deadline for the dispatch of ${trackingNumbers(order)}`,
    });
    if (event?.type === EVENTS.cancellationRequested) throw cancelled(event);
    if (event?.type === EVENTS.amendmentRequested) {
      await amendOrder(order, event);
      // Another booking has its own time.
      if (order.parcels !== parcels) until = Date.now() + deadlines.dispatchWithinMs;
      course.go(event.type, waitingFor(order));
      continue;
    }
    // The news of the dispatch may have got lost: a parcel that has arrived, or was lost on its way, has been dispatched.
    if (!event && !inbox.has(PARCEL_NEWS)) {
      const detail = `${trackingNumbers(order)} was not dispatched in time`;
      throw new SagaFailure('unknown', REASONS.dispatchOverdue, detail);
    }
    if (event) order.news.push(event);
    const leaves = event?.type ?? 'dispatch-presumed';
    const taking = dueOf(order) === 0 ? '' : `; taking ${steps.price(dueOf(order))}`;
    course.go(leaves, `The parcel is on its way${taking}.`);
    return;
  }
}

function trackingNumbers({ parcels }: Order): string {
  return parcels.map(({ shipment }) => shipment.trackingNumber).join(', ');
}

function waitingFor(order: Order): string {
  return `Waiting for the carrier to fetch parcel ${trackingNumbers(order)}.`;
}

/** The next event that counts here; of several that are here at once the first by rank. */
async function nextByRank({ inbox, course }: Order, deadline: Deadline): Promise<OrderEvent | undefined> {
  const types = course.looksFor();
  if (!(await inbox.waitFor(types, deadline))) return undefined;
  const ranked = BY_RANK.filter((type) => (types as string[]).includes(type)) as OrderEvent['type'][];
  const here = ranked.filter((type) => inbox.has([type]));
  // Before there was a rank, the oldest came first: so it does in what was recorded then.
  if (here.length > 1 && !patched('events-by-rank')) return inbox.takeNow(types);
  return inbox.takeNow(here.slice(0, 1));
}
