import { z } from 'zod';
import { DECLINE_CODES, paymentTokens } from './magic';

/** The providers that the sandbox plays; the name is also the last part of a webhook's path. */
export const PROVIDERS = ['payment-provider', 'carrier'] as const;
export type Provider = (typeof PROVIDERS)[number];

/** As its API shows it. Amounts are integer minor units, `created` is unix seconds. */
export const paymentSchema = z.strictObject({
  id: z.string(),
  object: z.literal('payment'),
  status: z.enum([
    'requires_capture',
    'pending',
    'declined',
    'captured',
    'canceled',
    'refunded',
    'partially_refunded',
  ]),
  amount: z.int(),
  amount_captured: z.int(),
  amount_refunded: z.int(),
  currency: z.string(),
  merchant_reference: z.string(),
  decline_code: z.enum(DECLINE_CODES).optional(),
  created: z.int(),
});
export type Payment = z.infer<typeof paymentSchema>;

const shipmentStatus = z.enum(['booked', 'dispatched', 'delivered', 'canceled', 'lost']);
export type ShipmentStatus = z.infer<typeof shipmentStatus>;

export const recipientSchema = z.strictObject({
  name: z.string().min(1).max(200),
  street: z.string().min(1).max(200),
  postal_code: z.string().min(1).max(16),
  city: z.string().min(1).max(200),
  country: z.string().regex(/^[A-Z]{2}$/, 'must be two capital letters'),
});

export const parcelSchema = z.strictObject({
  sku: z.string().min(1).max(64),
  quantity: z.int().min(1).max(10_000),
});

/** As the carrier's API shows it; times are ISO 8601. */
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

const paymentRecord = z.strictObject({
  payment: paymentSchema,
  token: z.enum(paymentTokens),
  healed: z.boolean(),
});
export type PaymentRecord = z.infer<typeof paymentRecord>;

const shipmentRecord = z.strictObject({
  shipment: shipmentSchema,
  history: z.array(z.strictObject({ status: shipmentStatus, occurred_at: z.string() })),
  healed: z.boolean(),
});
export type ShipmentRecord = z.infer<typeof shipmentRecord>;

const webhookSchema = z.strictObject({
  /** The provider's event id, the same at every attempt. */
  id: z.string(),
  to: z.enum(PROVIDERS),
  type: z.string(),
  /** The payment or shipment that it tells of. */
  subject: z.string(),
  /** The very bytes to sign and send. */
  rawBody: z.string(),
  /** How many times it is sent even when all goes well. */
  copies: z.int(),
});
export type Webhook = z.infer<typeof webhookSchema>;

/** Something that a provider does by itself, later. `dueAt` is milliseconds since 1970. */
const planSchema = z.strictObject({
  id: z.string(),
  dueAt: z.int(),
  subject: z.string(),
  step: z.enum(['authorize', 'decline', 'dispatch', 'deliver', 'lose']),
});
export type Plan = z.infer<typeof planSchema>;

/** `status` is null when the caller was left without an answer. */
const callSchema = z.strictObject({
  received_at: z.string(),
  method: z.string(),
  path: z.string(),
  idempotency_key: z.string().nullable(),
  status: z.int().nullable(),
});
export type Call = z.infer<typeof callSchema>;

const keptAnswer = z.strictObject({
  /** Of the request that it answers: the same key with another fingerprint is a client's mistake. */
  fingerprint: z.string(),
  status: z.int(),
  body: z.unknown(),
  /** The payment or shipment that the call made or changed. */
  subject: z.string().optional(),
});
export type KeptAnswer = z.infer<typeof keptAnswer>;

export const factSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('payment-saved'), record: paymentRecord }),
  z.strictObject({ kind: z.literal('shipment-saved'), record: shipmentRecord }),
  z.strictObject({ kind: z.literal('answer-kept'), callId: z.string(), answer: keptAnswer }),
  z.strictObject({ kind: z.literal('call-tried'), callId: z.string() }),
  z.strictObject({ kind: z.literal('webhook-queued'), webhook: webhookSchema }),
  z.strictObject({ kind: z.literal('webhook-delivered'), id: z.string() }),
  z.strictObject({ kind: z.literal('webhook-requeued'), id: z.string() }),
  z.strictObject({ kind: z.literal('planned'), plan: planSchema }),
  z.strictObject({ kind: z.literal('plan-done'), id: z.string() }),
  z.strictObject({ kind: z.literal('call-received'), call: callSchema }),
]);
/** One change of the sandbox's state. Facts of one journal line hold together or not at all. */
export type Fact = z.infer<typeof factSchema>;
