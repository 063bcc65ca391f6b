import { z } from 'zod';
import { address } from '../../domains/shop/events/address';
import type { CarrierParcel, Tracking } from '../../domains/shop/rules/confirmation';
import { sealedOr } from 'sagaline';
import { activity } from 'sagaline/activities';
import { orderId, requestCompensated, stepKey, stockLines } from './shapes';

const createShipment = z.object({ key: stepKey, orderId, recipient: sealedOr(address), parcels: stockLines });
/** The request of the booking itself: if its outcome is unknown, the compensation has to find it out first. */
const cancelShipment = z.object({ undoes: requestCompensated<z.infer<typeof createShipment>>() });
const trackShipment = z.object({ orderId, shipmentId: z.string().min(1).max(128) });

export type CreateShipment = z.infer<typeof createShipment>;
/** What the carrier is told: the recipient in clear. */
export type CarrierBooking = Omit<CreateShipment, 'recipient'> & {
  readonly recipient: z.infer<typeof address>;
};
export type CancelShipment = z.infer<typeof cancelShipment>;
export type TrackShipment = z.infer<typeof trackShipment>;

export interface Shipment {
  readonly shipmentId: string;
  readonly trackingNumber: string;
}

/** Parcels, each step once: the shop's record and the carrier's agree. */
export interface Shipping {
  /** @throws RefusalError of type `address-not-served` or `parcel-not-accepted` */
  createShipment(input: CreateShipment): Promise<Shipment>;
  /**
   * Cancels the booking. A booking that was never made is then never made later.
   * @throws RefusalError of type `parcel-dispatched` once the carrier has fetched the parcel
   */
  cancelShipment(input: CancelShipment): Promise<void>;
  /** Asks the carrier at every call: its notification may be late, lost or forged. */
  trackShipment(input: TrackShipment): Promise<Tracking>;
}

/** A carrier, reached over HTTP. Every call is idempotent by its key. */
export interface Carrier {
  /** @throws RefusalError of type `address-not-served` or `parcel-not-accepted` */
  book(request: CarrierBooking): Promise<Shipment>;
  /** The shipment that was booked under a key; `undefined` when the carrier does not know the key. */
  findByKey(key: string): Promise<Shipment | undefined>;
  /** Does what `findByKey` does, but accepts a tracking number that cannot be used: it is made storable. */
  findToCancel(key: string): Promise<Shipment | undefined>;
  /** @throws RefusalError of type `parcel-dispatched` */
  cancel(request: { key: string; shipmentId: string }): Promise<void>;
  /** The parcel as it is now; `undefined` when the carrier has none with this id. */
  track(shipmentId: string): Promise<CarrierParcel | undefined>;
}

export function createShippingActivities(shipping: Shipping) {
  return {
    createShipment: activity(createShipment, (input) => shipping.createShipment(input)),
    cancelShipment: activity(cancelShipment, (input) => shipping.cancelShipment(input)),
    trackShipment: activity(trackShipment, (input) => shipping.trackShipment(input)),
  };
}

export type ShippingActivities = ReturnType<typeof createShippingActivities>;
