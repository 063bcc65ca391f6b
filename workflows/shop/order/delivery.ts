import { EVENTS } from '../../../domains/shop/names';
import type { ParcelState } from '../../../domains/shop/rules/parcels';
import type { Deadline } from 'sagaline/workflow';
import { markdown, showDetails } from 'sagaline/workflow';
import type { OrderEvent } from './events';
import { isParcelNotification } from './events';
import { isBorneOut, whereIs } from './notifications';
import type { Order } from './parts';
import { dueOf, needsFourEyes } from './parts';
import { shipStock } from './warehouse';
import { refuse } from './requests';

/** The outcome of an order with one parcel. */
export async function outcomeOfOnlyParcel(order: Order): Promise<ParcelState[]> {
  const [parcel] = order.parcels;
  if (!parcel) throw new Error('an order that has left has a parcel');
  const [, outcome] = await Promise.all([
    shipStock(order, parcel),
    outcomeOfParcel(order, parcel.shipment.shipmentId),
  ]);
  return [outcome];
}

/**
 * The outcome of a parcel that is on its way. Without notifications in time the carrier is asked; without notifications in the
 * same time again a person decides. Cancellations are too late now, and are refused.
 */
async function outcomeOfParcel(order: Order, shipmentId: string): Promise<'delivered' | 'lost'> {
  const { steps, forward, inbox, machine } = order;
  const { deliveryWithinMs } = order.deadlines;
  showDetails('Paid; waiting for the delivery.');
  const first = await nextNotification(order, { ms: deliveryWithinMs, waiting: 'Deadline for the delivery' });
  if (first) return first;

  showDetails('Paid; no notification of the parcel: asking the carrier.');
  const tracking = await forward.retriable(steps.trackShipment({ shipmentId }));
  const { status } = tracking ?? { status: 'on its way, as far as we know' };
  if (status === 'delivered' || status === 'lost') return status;

  showDetails(`Paid; the carrier says that the parcel is ${status}. Waiting once more.`);
  const second = await nextNotification(order, {
    ms: deliveryWithinMs,
    waiting: 'Second deadline for the delivery',
  });
  if (second) return second;

  machine.transition('delivery-overdue', OVERDUE);
  for (;;) {
    const decided = await decidedOutcome(order, shipmentId, machine.relevantEvents());
    if (decided) return decided;
    const event = inbox.takeNow(machine.relevantEvents());
    const outcome = event && (await outcomeIn(order, event));
    if (outcome) return outcome;
  }
}

const OVERDUE = markdown`
**Not delivered in time**: find out what became of the parcel.
`;

/**
 * A person's decision about a parcel on which the carrier gives no information: `retry` asks the carrier once more,
 * `done-by-hand` means that the customer has it, `skip` means that it is lost. `undefined` when a notification comes first, or
 * the carrier has nothing new.
 */
export async function decidedOutcome(
  order: Order,
  shipmentId: string,
  types: OrderEvent['type'][],
): Promise<'delivered' | 'lost' | undefined> {
  const { decisions, inbox, machine } = order;
  const message = `${shipmentId} was not delivered in time`;
  // A lost parcel is refunded: at most what the order costs.
  const about = { what: 'trackShipment', message, fourEyes: needsFourEyes(order, dueOf(order)) };
  const decision = await decisions.askUnless(() => inbox.has(types), machine.state, OVERDUE, about);
  switch (decision?.kind) {
    case undefined:
      return undefined;
    case 'done-by-hand':
      return 'delivered';
    case 'skip':
      return 'lost';
    case 'retry': {
      const { status } = await whereIs(order, shipmentId);
      return status === 'delivered' || status === 'lost' ? status : undefined;
    }
  }
}

/** The next notification of the parcel before the deadline; a cancellation in between does not extend the deadline. */
async function nextNotification(
  order: Order,
  { ms, waiting }: Deadline,
): Promise<'delivered' | 'lost' | undefined> {
  const until = Date.now() + ms;
  for (;;) {
    const left = Math.max(until - Date.now(), 1);
    const event = await order.inbox.take(order.machine.relevantEvents(), { ms: left, waiting });
    if (!event) return undefined;
    const outcome = await outcomeIn(order, event);
    if (outcome) return outcome;
  }
}

/** The outcome of the parcel by an event; `undefined` if the event was refused, or the carrier does not confirm it. */
async function outcomeIn(order: Order, event: OrderEvent): Promise<'delivered' | 'lost' | undefined> {
  const { machine } = order;
  if (machine.refusedEvents().includes(event.type)) {
    await refuse(order, event, 'the parcel is on its way');
    return undefined;
  }
  if (!isParcelNotification(event) || !(await isBorneOut(order, event))) return undefined;
  machine.transitionSilently(event.type);
  return event.type === EVENTS.shipmentLost ? 'lost' : 'delivered';
}
