import { z } from 'zod';

const shipmentStatus = z.enum(['booked', 'dispatched', 'delivered', 'canceled', 'lost']);
export type ShipmentStatus = z.infer<typeof shipmentStatus>;

/** The postal code is optional: countries such as AE and HK have none. */
export const recipientSchema = z.strictObject({
  name: z.string().min(1).max(200),
  street: z.string().min(1).max(200),
  street2: z.string().min(1).max(200).optional(),
  postal_code: z.string().min(1).max(16).optional(),
  city: z.string().min(1).max(200),
  region: z.string().min(1).max(200).optional(),
  country: z.string().regex(/^[A-Z]{2}$/, 'must be two capital letters'),
  phone: z.string().min(1).max(40).optional(),
});

export const parcelSchema = z.strictObject({
  sku: z.string().min(1).max(64),
  quantity: z.int().min(1).max(10_000),
});

/** A shipment as the carrier's API shows it; times are ISO 8601. */
export const shipmentSchema = z.strictObject({
  id: z.string(),
  object: z.literal('shipment'),
  status: shipmentStatus,
  tracking_number: z.string(),
  reference: z.string(),
  recipient: recipientSchema,
  parcels: z.array(parcelSchema),
  created_at: z.string(),
});
export type Shipment = z.infer<typeof shipmentSchema>;

export const shipmentRecord = z.strictObject({
  shipment: shipmentSchema,
  history: z.array(z.strictObject({ status: shipmentStatus, occurred_at: z.string() })),
  healed: z.boolean(),
});
export type ShipmentRecord = z.infer<typeof shipmentRecord>;

/** Milliseconds. */
export interface CarrierTimes {
  readonly dispatchMs: number;
  readonly deliveryMs: number;
}
