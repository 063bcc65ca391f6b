import { EVENTS, REFUSALS } from '../../../domains/shop/names';
import type { Allocation } from '../../../domains/shop/rules/allocation';
import type { ParcelNotification, ParcelState } from '../../../domains/shop/rules/parcels';
import { afterInput, hasEnded, remedyFor } from '../../../domains/shop/rules/parcels';
import type { Words } from 'sagaline/workflow';
import { failureOf, lines, markdown, showDetails } from 'sagaline/workflow';
import { decidedOutcome } from './delivery';
import type { OrderEvent, ParcelEvent } from './events';
import { ALL_PARCEL_NOTIFICATIONS, isParcelNotification } from './events';
import { hasParcels, isBorneOut } from './notifications';
import type { Order, Parcel } from './parts';
import { bookingOf } from './parts';
import { reduceStock, reservation, shipStock } from './warehouse';
import { refuse } from './requests';

/** One of several parcels, with its own state. */
interface OnItsWay {
  /** Replaced when the parcel is sent once more. */
  parcel: Parcel;
  state: ParcelState;
  /** The deadline of the present state; `undefined` when a person has to decide. */
  dueAt: number | undefined;
  /** Whether the carrier was asked for the parcel. */
  asked: boolean;
  reshipped: boolean;
  /** Resolves when its stock is booked out of the warehouse. */
  bookedOut: Promise<void>;
}

/**
 * The outcome of each parcel of an order, the first of which has just left. It is used for orders that are split over
 * warehouses, or whose lost parcels are sent once more. Each parcel has its own deadlines: if the carrier does not fetch it in
 * time, it is not shipped; if it does not arrive in time, the carrier is asked, and then a person decides.
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

/** The carrier gives no information on any open parcel: waits for a notification of any, or a person's decision on the first. */
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

/** Sends a lost parcel once more. This is after the pivot: if stock or booking is refused, the price is refunded instead. */
async function reshipIfWanted(order: Order, of: OnItsWay, parcels: readonly OnItsWay[]): Promise<void> {
  const { forward, deadlines } = order;
  const { warehouse: from, lines, recipient } = of.parcel;
  if (remedyFor({ policy: deadlines.lostParcel, reshipped: of.reshipped }) === 'refund') return;
  of.reshipped = true;
  // Booking out takes everything that is reserved for the order in the warehouse: the new reservation must come after it.
  await of.bookedOut;
  let given: Allocation[] = [];
  try {
    // A pivot returns `undefined` when a person has skipped it, or done it by hand.
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

/**
 * The warehouse of a new parcel: a single one, in which no other parcel of the order waits, because stock is booked out by
 * warehouse.
 */
function warehousesFor(given: readonly Allocation[], parcels: readonly OnItsWay[]): string[] {
  const taken = parcels.filter(({ state }) => state === 'booked').map(({ parcel }) => parcel.warehouse);
  const warehouses = given.map(({ warehouse }) => warehouse);
  return warehouses.length === 1 && !warehouses.some((warehouse) => taken.includes(warehouse))
    ? warehouses
    : [];
}

/**
 * Applies a notification. If its parcel is already in a later state, it changes nothing and becomes a dead letter when the
 * order ends.
 */
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
        // The carrier has the parcel, and the notification of that is late or lost.
        move(of, EVENTS.shipmentDispatched);
        return;
      }
      // A person has skipped the cancellation: the order goes on as if it had succeeded.
    }
    of.state = 'unshipped';
    await reduceStock(order, of.parcel);
    return;
  }
  if (of.asked) {
    of.dueAt = undefined;
    const words = markdown`**${shipment.trackingNumber} was not delivered in time**: find out what became of it.`;
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

/** The parcel with the earliest deadline. */
function nextDue(parcels: readonly OnItsWay[]): OnItsWay | undefined {
  return parcels
    .filter(({ state, dueAt }) => !hasEnded(state) && dueAt !== undefined)
    .sort((one, other) => (one.dueAt ?? 0) - (other.dueAt ?? 0))[0];
}

function inWords(parcels: readonly OnItsWay[]): Words {
  return lines(parcels.map(({ parcel, state }) => markdown`- ${parcel.shipment.trackingNumber}: ${state}`));
}
