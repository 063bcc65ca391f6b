import type { OrderDeadlines } from '../../activities/shop/orders';
import type { Shipment } from '../../activities/shop/shipping';
import type { OrderContent } from '../../domains/shop/events/orders';
import type { Allocation } from '../../domains/shop/rules/allocation';
import type { AuthorizedAmount } from '../../domains/shop/rules/authorizations';
import { orderTotal } from '../../domains/shop/rules/pricing';
import type { Questions, SagaScope } from 'sagaline/workflow';
import type { OrderStateMachine } from './order-state-machine';
import type { OrderEvent, OrderInbox, ParcelEvent } from './order-events';
import type { Things } from './order-notifications';
import type { Authorizing, Booking, OrderSteps } from './order-steps';

/** An amount that is held. */
export interface AuthorizedPayment extends AuthorizedAmount, Pick<Authorizing, 'number' | 'paymentToken'> {
  /** When it ends, and when it is to be renewed, in milliseconds since 1970; `undefined` where it does not, as far as is known. */
  readonly expiresAt?: number | undefined;
  readonly renewAt?: number | undefined;
}

/** A parcel that is booked at the carrier. */
export interface Parcel {
  readonly warehouse: string;
  readonly booking: Booking;
  readonly shipment: Shipment;
}

/** What the parts of one order's saga share: what they work with, and what they have come to. */
export interface Order {
  readonly steps: OrderSteps;
  readonly decisions: Questions;
  readonly inbox: OrderInbox;
  readonly machine: OrderStateMachine;
  readonly things: Things;
  readonly deadlines: OrderDeadlines;
  /** What has to be compensated, each scope after those that were opened later: the order's own, and one for each amendment. */
  readonly scopes: SagaScope[];
  /** As the customer wants it now. */
  content: OrderContent;
  /** Of the order's amendments, the refused ones counted too. */
  revision: number;
  /** The latest payment method that the customer has provided; an order that was free from the start may have none. */
  paymentToken: string | undefined;
  /** How many authorizations were asked for: each has a key of its own. */
  authorizationCount: number;
  authorizations: AuthorizedPayment[];
  /** Authorizations that are gone, or will be, and were not dealt with yet. */
  readonly lost: { readonly authorization: AuthorizedPayment; readonly why: string }[];
  /** How often an authorization was to be renewed: each time has a key of its own. */
  renewals: number;
  /** How often the customer would have had to pay otherwise. */
  unpaid: number;
  /** How many reservations and bookings were asked for: each has a key of its own. */
  reservations: number;
  bookings: number;
  /** Which warehouses give what: a parcel each. */
  allocation: Allocation[];
  /** Booked at the carrier, in the order of the allocation. */
  parcels: Parcel[];
  /** A notification of parcels that the carrier has borne out, and that was not dealt with yet. */
  readonly notifications: ParcelEvent[];
  /** A notification that changes nothing any more: dead letters when the order ends. */
  readonly strays: OrderEvent[];
  confirmed: boolean;
}

/** What the customer is to pay, in minor units. */
export function dueOf({ content }: Pick<Order, 'content'>): number {
  return orderTotal(content).amount;
}

/** Parcels with what the carrier has answered to their bookings, one for each in the same order. */
export function withShipments(
  parcels: readonly Omit<Parcel, 'shipment'>[],
  shipments: readonly Shipment[],
): Parcel[] {
  return shipments.flatMap((shipment, at) => {
    const parcel = parcels[at];
    return parcel ? [{ ...parcel, shipment }] : [];
  });
}
