import { z } from 'zod';
import { address } from '../../domains/shop/events/address';
import type { CarrierParcel, Tracking } from '../../domains/shop/rules/confirmation';
import { activity } from 'sagaline/activities';
import { orderId, requestCompensated, stepKey, stockLines } from './shapes';

const createShipment = z.object({ key: stepKey, orderId, recipient: address, parcels: stockLines });
/** The booking's own request: where its outcome is unknown, it has to be found out before it can be compensated. */
const cancelShipment = z.object({ undoes: requestCompensated<z.infer<typeof createShipment>>() });
const trackShipment = z.object({ orderId, shipmentId: z.string().min(1).max(128) });

export type CreateShipment = z.infer<typeof createShipment>;
export type CancelShipment = z.infer<typeof cancelShipment>;
export type TrackShipment = z.infer<typeof trackShipment>;

export interface Shipment {
  readonly shipmentId: string;
  readonly trackingNumber: string;
}

/** Parcels, once for each step: the shop's record and the carrier's agree. */
export interface Shipping {
  /** @throws RefusalError of type `address-not-served` or `parcel-not-accepted` */
  createShipment(input: CreateShipment): Promise<Shipment>;
  /**
   * Cancels the booking; one that was never made will not be.
   * @throws RefusalError of type `parcel-dispatched` once the carrier has fetched the parcel
   */
  cancelShipment(input: CancelShipment): Promise<void>;
  /** Asks the carrier, each time: its notification may be late, lost or forged. */
  trackShipment(input: TrackShipment): Promise<Tracking>;
}

/** A carrier, reached over HTTP. Every call is idempotent by its key. */
export interface Carrier {
  /** @throws RefusalError of type `address-not-served` or `parcel-not-accepted` */
  book(request: CreateShipment): Promise<Shipment>;
  /** What became of a key; `undefined` when the carrier has never heard of it. */
  findByKey(key: string): Promise<Shipment | undefined>;
  /** As `findByKey`, also where the tracking number is not one that can be used: it is made storable. */
  findToCancel(key: string): Promise<Shipment | undefined>;
  /** @throws RefusalError of type `parcel-dispatched` */
  cancel(request: { key: string; shipmentId: string }): Promise<void>;
  /** The parcel as it is now; `undefined` where the carrier says that it has none of this id. */
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
