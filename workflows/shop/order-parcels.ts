import { EVENTS, REFUSALS } from '../../src/domains/shop/names';
import type { ParcelNews, ParcelState } from '../../src/domains/shop/rules/parcels';
import { afterInput, hasEnded } from '../../src/domains/shop/rules/parcels';
import { failureOf, showDetails } from '../../src/saga';
import type { OrderEvent } from './order-events';
import { ALL_PARCEL_NEWS } from './order-events';
import type { Order, Parcel } from './order-parts';
import { refuse } from './order-wishes';

/** One of several parcels, on its way by itself. */
interface OnItsWay {
  readonly parcel: Parcel;
  readonly number: number;
  state: ParcelState;
  /** When something has to be done about it; `undefined` where it is a person's turn. */
  dueAt: number | undefined;
  /** The carrier was asked where it is. */
  asked: boolean;
}

/**
 * What became of each parcel of an order that is split over warehouses, the first of which has just left. Each has its own
 * deadlines: one that the carrier does not fetch in time is not shipped, one that does not arrive is asked after, and is a
 * person's turn when that does not help.
 *
 * @returns the states in the order of the parcels
 */
export async function fatesOfParcels(order: Order): Promise<ParcelState[]> {
  const { inbox, course, deadlines } = order;
  const work: Promise<void>[] = [];
  const parcels = order.parcels.map((parcel, number): OnItsWay => {
    const dueAt = Date.now() + deadlines.dispatchWithinMs;
    return { parcel, number, state: 'booked', dueAt, asked: false };
  });
  const ship = ({ parcel, number }: OnItsWay) => work.push(order.steps.shipStock(contentsOf(parcel), number));
  const move = (of: OnItsWay, input: ParcelNews) => {
    const next = afterInput(of.state, input);
    if (!next) return;
    if (of.state === 'booked') ship(of);
    of.state = next;
    of.dueAt = Date.now() + deadlines.deliveryWithinMs;
  };

  for (const event of order.news.splice(0)) heed(order, parcels, event, move);
  while (!parcels.every(({ state }) => hasEnded(state))) {
    showDetails(inWords(parcels));
    const types = [...ALL_PARCEL_NEWS, ...course.refuses()];
    const due = nextDue(parcels);
    const event = due
      ? await inbox.take(types, {
          ms: Math.max((due.dueAt ?? 0) - Date.now(), 1),
          waiting: `Deadline for parcel ${due.parcel.shipment.trackingNumber}`,
        })
      : await inbox.takeWhenever(types);
    if (event && course.refuses().includes(event.type)) {
      await refuse(order.steps, event, 'a parcel is on its way');
    } else if (event) {
      heed(order, parcels, event, move);
    } else if (due) {
      await overdue(order, due, move);
    }
  }
  await Promise.all(work);
  return parcels.map(({ state }) => state);
}

/** News of a parcel of ours; of another one, which was withdrawn say, it is buried when the order ends. */
function heed(
  order: Order,
  parcels: readonly OnItsWay[],
  event: OrderEvent,
  move: (of: OnItsWay, input: ParcelNews) => void,
): void {
  if (!isParcelNews(event)) return;
  const meant = parcels.find(({ parcel }) => parcel.shipment.shipmentId === event.data.shipmentId);
  if (meant && afterInput(meant.state, event.type)) move(meant, event.type);
  else order.strays.push(event);
}

function isParcelNews(event: OrderEvent): event is Extract<OrderEvent, { type: ParcelNews }> {
  return (ALL_PARCEL_NEWS as readonly string[]).includes(event.type);
}

async function overdue(
  order: Order,
  of: OnItsWay,
  move: (of: OnItsWay, input: ParcelNews) => void,
): Promise<void> {
  const { steps, course, deadlines } = order;
  const { booking, shipment } = of.parcel;
  if (of.state === 'booked') {
    try {
      await steps.createShipment(booking).withdraw();
    } catch (error) {
      const failure = failureOf(error);
      if (failure.type !== REFUSALS.parcelDispatched) throw failure;
      // The carrier has it, and the news of that is late or lost.
      move(of, EVENTS.shipmentDispatched);
      return;
    }
    of.state = 'unshipped';
    await steps.reduceStock(contentsOf(of.parcel));
    return;
  }
  if (of.asked) {
    of.dueAt = undefined;
    const words = `**${shipment.trackingNumber} was not delivered in time**: find out what became of it.`;
    if (course.place === 'awaiting-delivery') course.go('delivery-overdue', words);
    return;
  }
  of.asked = true;
  const { status } = await steps.trackShipment(shipment.shipmentId);
  if (status === 'delivered') move(of, EVENTS.shipmentDelivered);
  else if (status === 'lost') move(of, EVENTS.shipmentLost);
  else of.dueAt = Date.now() + deadlines.deliveryWithinMs;
}

/** The parcel whose deadline passes first. */
function nextDue(parcels: readonly OnItsWay[]): OnItsWay | undefined {
  return parcels
    .filter(({ state, dueAt }) => !hasEnded(state) && dueAt !== undefined)
    .sort((one, other) => (one.dueAt ?? 0) - (other.dueAt ?? 0))[0];
}

function contentsOf({ warehouse, booking }: Parcel) {
  return { warehouse, lines: booking.parcels };
}

function inWords(parcels: readonly OnItsWay[]): string {
  return parcels.map(({ parcel, state }) => `- ${parcel.shipment.trackingNumber}: ${state}`).join('\n');
}
