import type { ForwardSteps, Questions, SagaScope, CompensatableCall } from 'sagaline/workflow';
import { openSaga } from 'sagaline/workflow';
import type { OrderDeadlines } from '../../../activities/shop/orders';
import type { Authorization } from '../../../activities/shop/payments';
import type { Shipment } from '../../../activities/shop/shipping';
import type { OrderContent, SubmittedOrder } from '../../../domains/shop/events/orders';
import type { Allocation } from '../../../domains/shop/rules/allocation';
import type { AuthorizedAmount } from '../../../domains/shop/rules/authorizations';
import { orderTotal, priceText } from '../../../domains/shop/rules/pricing';
import type { OrderStateMachine } from './state-machine';
import { compensationDecisions } from './state-machine';
import type { OrderEvent, OrderInbox, ParcelEvent } from './events';
import type { Things } from './notifications';
import type { OrderRecords, OrderSteps } from './steps';
import { piecesOf, stepsOf } from './steps';

/** An amount that is authorised. */
export interface AuthorizedPayment extends AuthorizedAmount {
  /** The call that authorises it, with its compensation. */
  readonly authorization: CompensatableCall<Authorization>;
  /** When it expires, and when it has to be renewed, in milliseconds since 1970; `undefined` when no expiry is known. */
  readonly expiresAt?: number | undefined;
  readonly renewAt?: number | undefined;
}

/** A parcel that is to be booked at the carrier. */
export interface Booking extends Allocation {
  readonly recipient: SubmittedOrder['shippingAddress'];
  /** The call that books it, with its compensation. */
  readonly call: CompensatableCall<Shipment>;
}

/** A parcel that is booked at the carrier. */
export interface Parcel extends Booking {
  readonly shipment: Shipment;
}

/** What the parts of one order's saga share: their tools and their state. */
export interface Order {
  readonly records: OrderRecords;
  readonly steps: OrderSteps;
  /** Runs the steps that have no way back. */
  readonly forward: ForwardSteps;
  readonly decisions: Questions;
  readonly inbox: OrderInbox;
  readonly machine: OrderStateMachine;
  readonly things: Things;
  readonly deadlines: OrderDeadlines;
  /** What has to be compensated: the order's own scope, and one for each amendment. Later scopes are compensated first. */
  readonly scopes: SagaScope[];
  readonly orderId: string;
  readonly customerId: string;
  readonly email: string;
  /** The content as the customer wants it now. */
  content: OrderContent;
  /** The number of the order's amendments, including refused ones. */
  revision: number;
  /** The latest payment method that the customer has provided; an order that was free from the start may have none. */
  paymentToken: string | undefined;
  authorizations: AuthorizedPayment[];
  /** Authorizations that are gone, or will be, and have not been replaced yet. */
  readonly lost: { readonly authorization: AuthorizedPayment; readonly why: string }[];
  /** How many times the customer was asked for another payment method. */
  unpaid: number;
  /** What each warehouse gives: one parcel each. */
  allocation: Allocation[];
  /** Booked at the carrier, in the order of the allocation. */
  parcels: Parcel[];
  /** Notifications of parcels that the carrier has confirmed, and that have not been applied yet. */
  readonly notifications: ParcelEvent[];
  /** Notifications that change nothing any more: they become dead letters when the order ends. */
  readonly strays: OrderEvent[];
  confirmed: boolean;
}

/** An order that has been entered; no other step has been taken. */
export function openedOrder(
  submission: SubmittedOrder,
  given: Pick<Order, 'inbox' | 'machine' | 'decisions' | 'things' | 'records' | 'deadlines' | 'forward'>,
): Order {
  const { orderId, customerId, email, paymentToken } = submission;
  return {
    ...given,
    steps: stepsOf(orderId, given.deadlines),
    scopes: [openSaga(compensationDecisions(given.machine, given.decisions))],
    orderId,
    customerId,
    email,
    content: submission,
    revision: 0,
    paymentToken,
    authorizations: [],
    lost: [],
    unpaid: 0,
    allocation: [],
    parcels: [],
    notifications: [],
    strays: [],
    confirmed: false,
  };
}

/** The amount that the customer has to pay, in minor units. */
export function dueOf({ content }: Pick<Order, 'content'>): number {
  return orderTotal(content).amount;
}

/** An amount in the order's currency. */
export function chargeOf({ content: { currency } }: Pick<Order, 'content'>, amount: number) {
  return { amount, currency };
}

/** An amount in the order's currency, as text for people. */
export function priceOf(order: Pick<Order, 'content'>, amount: number): string {
  return priceText(chargeOf(order, amount));
}

/** Whether a decision that moves this amount needs two people. */
export function needsFourEyes(
  { deadlines: { fourEyesAbove } }: Pick<Order, 'deadlines'>,
  amount: number,
): boolean {
  return fourEyesAbove !== undefined && amount > fourEyesAbove;
}

/** The input of the steps on an authorization. */
export function paymentOf(order: Pick<Order, 'content'>, { paymentId, amount }: AuthorizedAmount) {
  return { paymentId, total: chargeOf(order, amount) };
}

/** A booking of the parcel from one warehouse. */
export function bookingOf(
  { steps }: Pick<Order, 'steps'>,
  { warehouse, lines }: Allocation,
  recipient: Booking['recipient'],
): Booking {
  const call = steps.createShipment({ recipient, parcels: piecesOf(lines) });
  return { warehouse, lines, recipient, call };
}

/** Combines bookings with the carrier's answers to them, which are in the same order. */
export function withShipments(bookings: readonly Booking[], shipments: readonly Shipment[]): Parcel[] {
  return shipments.flatMap((shipment, at) => {
    const booking = bookings[at];
    return booking ? [{ ...booking, shipment }] : [];
  });
}
