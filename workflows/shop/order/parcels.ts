import { EVENTS, REFUSALS } from '../../../domains/shop/names';
import type { Allocation } from '../../../domains/shop/rules/allocation';
import type { ParcelNotification, ParcelState } from '../../../domains/shop/rules/parcels';
import { afterInput, hasEnded, remedyFor } from '../../../domains/shop/rules/parcels';
import { failureOf, showDetails } from 'sagaline/workflow';
import { decidedOutcome } from './delivery';
import type { OrderEvent, ParcelEvent } from './events';
import { ALL_PARCEL_NOTIFICATIONS, isParcelNotification } from './events';
import { hasParcels, isBorneOut } from './notifications';
import type { Order, Parcel } from './parts';
import { bookingOf } from './parts';
import { reduceStock, reservation, shipStock } from './warehouse';
import { refuse } from './requests';

/** One of several parcels, on its way by itself. */
interface OnItsWay {
  /** Another one once it was sent once more. */
  parcel: Parcel;
  state: ParcelState;
  /** When something has to be done about it; `undefined` where it is a person's turn. */
  dueAt: number | undefined;
  /** The carrier was asked where it is. */
  asked: boolean;
  reshipped: boolean;
  /** Resolves when its stock is booked out of the warehouse. */
  bookedOut: Promise<void>;
}

/**
 * What became of each parcel of an order, the first of which has just left: of one that is split over warehouses, or whose
 * lost parcels are sent once more. Each has its own
 * deadlines: one that the carrier does not fetch in time is not shipped, one that does not arrive is asked after, and is a
 * person's turn when that does not help.
 *
 * @returns the states in the order of the parcels
 */
export async function outcomesOfParcels(order: Order): Promise<ParcelState[]> {
  const { inbox, machine, deadlines } = order;
  const parcels = order.parcels.map((parcel): OnItsWay => {
    const dueAt = Date.now() + deadlines.dispatchWithinMs;
    return { parcel, state: 'booked', dueAt, asked: false, reshipped: false, bookedOut: Promise.resolve() };
  });
  const ship = (of: OnItsWay) => {
    of.bookedOut = shipStock(order, of.parcel);
  };
  const move = (of: OnItsWay, input: ParcelNotification) => {
    const next = afterInput(of.state, input);
    if (!next) return;
    if (of.state === 'booked') ship(of);
    of.state = next;
    of.dueAt = Date.now() + deadlines.deliveryWithinMs;
  };

  for (const event of order.notifications.splice(0)) {
    const meant = parcels.find(({ parcel }) => parcel.shipment.shipmentId === event.data.shipmentId);
    if (meant) move(meant, event.type);
  }
  for (;;) {
    for (const of of parcels) if (of.state === 'lost') await reshipIfWanted(order, of, parcels);
    if (parcels.every(({ state }) => hasEnded(state))) break;
    showDetails(inWords(parcels));
    const types = [...ALL_PARCEL_NOTIFICATIONS, ...machine.refusedEvents()];
    const due = nextDue(parcels);
    if (!due) await decide(order, parcels, types, move);
    const event = due
      ? await inbox.take(types, {
          ms: Math.max((due.dueAt ?? 0) - Date.now(), 1),
          waiting: `Deadline for parcel ${due.parcel.shipment.trackingNumber}`,
        })
      : inbox.takeNow(types);
    if (event && machine.refusedEvents().includes(event.type)) {
      await refuse(order, event, 'a parcel is on its way');
    } else if (event && isParcelNotification(event)) {
      await applyEvent(order, parcels, event, move);
    } else if (due) {
      await overdue(order, due, move);
    }
  }
  await Promise.all(parcels.map(({ bookedOut }) => bookedOut));
  return parcels.map(({ state }) => state);
}

/** The carrier is silent about all that have not arrived: a notification of any, or what a person says of the first. */
async function decide(
  order: Order,
  parcels: readonly OnItsWay[],
  types: OrderEvent['type'][],
  move: (of: OnItsWay, input: ParcelNotification) => void,
): Promise<void> {
  const of = parcels.find(({ state }) => !hasEnded(state));
  const outcome = of && (await decidedOutcome(order, of.parcel.shipment.shipmentId, types));
  if (outcome) move(of, outcome === 'lost' ? EVENTS.shipmentLost : EVENTS.shipmentDelivered);
}

/** Behind the pivot: what is refused now, the stock or the parcel, is given back in money instead. */
async function reshipIfWanted(order: Order, of: OnItsWay, parcels: readonly OnItsWay[]): Promise<void> {
  const { forward, deadlines } = order;
  const { warehouse: from, lines, recipient } = of.parcel;
  if (remedyFor({ policy: deadlines.lostParcel, reshipped: of.reshipped }) === 'refund') return;
  of.reshipped = true;
  // What is reserved for the order leaves the warehouse as a whole: what is reserved anew must come after it.
  await of.bookedOut;
  let given: Allocation[] = [];
  try {
    // `undefined` of a pivot: a person has done something else.
    given = (await forward.pivot(reservation(order, lines, [from]))) ?? [];
    const [warehouse] = warehousesFor(given, parcels);
    const booking = warehouse === undefined ? undefined : bookingOf(order, { warehouse, lines }, recipient);
    const shipment = booking && (await forward.pivot(booking.call));
    if (shipment) {
      of.parcel = { ...booking, shipment };
      hasParcels(
        order.things,
        parcels.map(({ parcel }) => parcel.shipment.shipmentId),
      );
      of.state = afterInput(of.state, 'reshipped') ?? of.state;
      of.asked = false;
      of.dueAt = Date.now() + deadlines.dispatchWithinMs;
      return;
    }
  } catch (error) {
    const failure = failureOf(error);
    if (failure.kind !== 'refused') throw failure;
  }
  for (const part of given) await reduceStock(order, part);
}

/** One parcel for one, and no other of the order's in the same warehouse: its stock is booked out by the warehouse. */
function warehousesFor(given: readonly Allocation[], parcels: readonly OnItsWay[]): string[] {
  const taken = parcels.filter(({ state }) => state === 'booked').map(({ parcel }) => parcel.warehouse);
  const warehouses = given.map(({ warehouse }) => warehouse);
  return warehouses.length === 1 && !warehouses.some((warehouse) => taken.includes(warehouse))
    ? warehouses
    : [];
}

/** A notification that changes nothing, because its parcel is further, is dead-lettered when the order ends. */
async function applyEvent(
  order: Order,
  parcels: readonly OnItsWay[],
  event: ParcelEvent,
  move: (of: OnItsWay, input: ParcelNotification) => void,
): Promise<void> {
  const meant = parcels.find(({ parcel }) => parcel.shipment.shipmentId === event.data.shipmentId);
  if (!meant || !afterInput(meant.state, event.type)) order.strays.push(event);
  else if (await isBorneOut(order, event)) move(meant, event.type);
}

async function overdue(
  order: Order,
  of: OnItsWay,
  move: (of: OnItsWay, input: ParcelNotification) => void,
): Promise<void> {
  const { steps, forward, machine, deadlines } = order;
  const { call, shipment } = of.parcel;
  if (of.state === 'booked') {
    try {
      await forward.pivot(call.compensation);
    } catch (error) {
      if (failureOf(error).type === REFUSALS.parcelDispatched) {
        // The carrier has it, and the notification of that is late or lost.
        move(of, EVENTS.shipmentDispatched);
        return;
      }
      // A person has skipped it: the order goes on as if it were withdrawn.
    }
    of.state = 'unshipped';
    await reduceStock(order, of.parcel);
    return;
  }
  if (of.asked) {
    of.dueAt = undefined;
    const words = `**${shipment.trackingNumber} was not delivered in time**: find out what became of it.`;
    if (machine.state === 'awaiting-delivery') machine.transition('delivery-overdue', words);
    return;
  }
  of.asked = true;
  const { status } =
    (await forward.retriable(steps.trackShipment({ shipmentId: shipment.shipmentId }))) ?? {};
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

function inWords(parcels: readonly OnItsWay[]): string {
  return parcels.map(({ parcel, state }) => `- ${parcel.shipment.trackingNumber}: ${state}`).join('\n');
}
