import { z } from 'zod';
import { address } from '../../src/domains/shop/events/shapes';
import { activity } from '../../src/effects';
import { orderId, stepKey, stockLines } from './shapes';

const createShipment = z.object({ key: stepKey, orderId, recipient: address, parcels: stockLines });
/** The booking's own request: where its outcome is unknown, it has to be found out before it can be undone. */
const cancelShipment = z.object({ undoes: createShipment });

export type CreateShipment = z.infer<typeof createShipment>;
export type CancelShipment = z.infer<typeof cancelShipment>;

export interface Shipment {
  readonly shipmentId: string;
  readonly trackingNumber: string;
}

/** Parcels, once for each step: the shop's record and the carrier's agree. */
export interface Shipping {
  /** @throws RefusalError of type `address-not-served` */
  createShipment(input: CreateShipment): Promise<Shipment>;
  /** Cancels the booking; one that was never made will not be. */
  cancelShipment(input: CancelShipment): Promise<void>;
}

/** A carrier, reached over HTTP. Every call is idempotent by its key. */
export interface Carrier {
  /** @throws RefusalError of type `address-not-served` */
  book(request: CreateShipment): Promise<Shipment>;
  /** What became of a key; `undefined` when the carrier has never heard of it. */
  findByKey(key: string): Promise<Shipment | undefined>;
  cancel(request: { key: string; shipmentId: string }): Promise<void>;
}

export function createShippingActivities(shipping: Shipping) {
  return {
    createShipment: activity(createShipment, (input) => shipping.createShipment(input)),
    cancelShipment: activity(cancelShipment, (input) => shipping.cancelShipment(input)),
  };
}

export type ShippingActivities = ReturnType<typeof createShippingActivities>;
