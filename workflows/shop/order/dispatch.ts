import type { Shipment } from '../../../activities/shop/shipping';
import { hasLeft } from '../../../domains/shop/rules/confirmation';
import { EVENTS, REASONS } from '../../../domains/shop/names';
import { BY_RANK } from '../../../domains/shop/rules/inputs';
import type { Deadline } from 'sagaline/workflow';
import { SagaFailure } from 'sagaline/workflow';
import { amendOrder } from './amendment';
import type { OrderEvent } from './events';
import { isParcelNotification } from './events';
import { callBack, isUnpaid, waitAndRenew } from './authorizations';
import { hasParcels, isBorneOut, whereIs } from './notifications';
import type { Order } from './parts';
import { bookingOf, dueOf, priceOf, withShipments } from './parts';
import { own } from './placing';
import { cancelled } from './requests';

/** Books one parcel from each warehouse of the allocation; if the carrier refuses one, none is booked. */
export async function book(order: Order): Promise<void> {
  const { scopes, content } = order;
  const bookings = order.allocation.map((part) => bookingOf(order, part, content.shippingAddress));
  const shipments = await own(scopes).parallel<Shipment[]>(...bookings.map(({ call }) => call));
  order.parcels = withShipments(bookings, shipments);
  hasParcels(
    order.things,
    shipments.map(({ shipmentId }) => shipmentId),
  );
  order.machine.transition('booked', waitingFor(order));
}

/**
 * Waits until the carrier has fetched the first parcel.
 *
 * @returns `unpaid`: an authorization is gone, and the parcels are called back
 */
export async function leave(order: Order): Promise<'left' | 'unpaid'> {
  const { machine, deadlines } = order;
  let until = Date.now() + deadlines.dispatchWithinMs;
  for (;;) {
    const { parcels } = order;
    const event = await waitAndRenew(order, (deadline) => nextByRank(order, deadline), {
      instant: until,
      waiting: `Deadline for the dispatch of ${trackingNumbers(order)}`,
      isOver: () => isUnpaid(order),
    });
    const isUnpaidFor = isUnpaid(order);
    if (isUnpaidFor && (await callBack(order))) return 'unpaid';
    if (event?.type === EVENTS.cancellationRequested) throw cancelled(event);
    if (event?.type === EVENTS.amendmentRequested) {
      await amendOrder(order, event);
      // A new booking has its own deadline.
      if (order.parcels !== parcels) until = Date.now() + deadlines.dispatchWithinMs;
      machine.transition(event.type, waitingFor(order));
      continue;
    }
    if (event) {
      if (!isParcelNotification(event) || !(await isBorneOut(order, event))) continue;
      order.notifications.push(event);
    } else if (!isUnpaidFor && !(await anyHasLeft(order))) {
      const detail = `${trackingNumbers(order)} was not dispatched in time`;
      throw new SagaFailure('unknown', REASONS.dispatchOverdue, detail);
    }
    const leaves = event?.type ?? 'dispatch-presumed';
    const taking = dueOf(order) === 0 ? '' : `; taking ${priceOf(order, dueOf(order))}`;
    machine.transition(leaves, `The parcel is on its way${taking}.`);
    return 'left';
  }
}

/** The notification of the dispatch may be lost: the carrier is asked before the order is compensated. */
async function anyHasLeft(order: Order): Promise<boolean> {
  for (const { shipment } of order.parcels)
    if (hasLeft(await whereIs(order, shipment.shipmentId))) return true;
  return false;
}

function trackingNumbers({ parcels }: Order): string {
  return parcels.map(({ shipment }) => shipment.trackingNumber).join(', ');
}

function waitingFor(order: Order): string {
  return `Waiting for the carrier to fetch parcel ${trackingNumbers(order)}.`;
}

/** The next relevant event; when several are there, the first by rank. */
async function nextByRank({ inbox, machine }: Order, deadline: Deadline): Promise<OrderEvent | undefined> {
  const types = machine.relevantEvents();
  if (!(await inbox.waitFor(types, deadline))) return undefined;
  const ranked = BY_RANK.filter((type) => (types as string[]).includes(type)) as OrderEvent['type'][];
  const here = ranked.filter((type) => inbox.has([type]));
  return inbox.takeNow(here.slice(0, 1));
}
