import { z } from 'zod';
import { paymentRecord } from './payments/payment';
import { shipmentRecord } from './shipments/shipment';

/** The providers that the sandbox simulates; the name is also the last part of a webhook's path. */
export const PROVIDERS = ['payment-provider', 'carrier'] as const;
export type Provider = (typeof PROVIDERS)[number];

const webhookSchema = z.strictObject({
  /** The provider's event id, the same at every attempt. */
  id: z.string(),
  to: z.enum(PROVIDERS),
  type: z.string(),
  /** The id of the payment or shipment that it is about. */
  subject: z.string(),
  /** The exact bytes to sign and send. */
  rawBody: z.string(),
  /** How many times it is sent even when every attempt succeeds. */
  copies: z.int(),
  /** How the bytes are compressed for sending; the signature is of the uncompressed bytes. */
  encoding: z.literal('gzip').optional(),
});
export type Webhook = z.infer<typeof webhookSchema>;

const paymentStep = z.enum(['authorize', 'decline', 'expire', 'abandon', 'dispute']);
export type PaymentStep = z.infer<typeof paymentStep>;
export const PAYMENT_STEPS: ReadonlySet<string> = new Set(paymentStep.options);

const shipmentStep = z.enum(['dispatch', 'deliver', 'lose']);
export type ShipmentStep = z.infer<typeof shipmentStep>;

/** Something that a provider does later, without a call. `dueAt` is milliseconds since 1970. */
const planSchema = z.strictObject({
  /** A new plan with the same id replaces the old one. */
  id: z.string(),
  dueAt: z.int(),
  subject: z.string(),
  step: z.enum([...paymentStep.options, ...shipmentStep.options]),
});
export type Plan = z.infer<typeof planSchema>;

const keptAnswer = z.strictObject({
  /** The fingerprint of the request that it answers: the same key with another fingerprint is a client's mistake. */
  fingerprint: z.string(),
  status: z.int(),
  body: z.unknown(),
  /** The payment or shipment that the call made or changed. */
  subject: z.string().optional(),
  /** Milliseconds since 1970. */
  keptAt: z.int(),
});
export type KeptAnswer = z.infer<typeof keptAnswer>;

export const factSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('payment-saved'), record: paymentRecord }),
  z.strictObject({ kind: z.literal('shipment-saved'), record: shipmentRecord }),
  z.strictObject({ kind: z.literal('answer-kept'), callId: z.string(), answer: keptAnswer }),
  z.strictObject({ kind: z.literal('call-tried'), callId: z.string() }),
  z.strictObject({ kind: z.literal('key-forgotten'), callId: z.string() }),
  z.strictObject({ kind: z.literal('webhook-queued'), webhook: webhookSchema }),
  z.strictObject({ kind: z.literal('webhook-delivered'), id: z.string() }),
  z.strictObject({ kind: z.literal('webhook-requeued'), id: z.string() }),
  z.strictObject({ kind: z.literal('planned'), plan: planSchema }),
  z.strictObject({ kind: z.literal('plan-done'), id: z.string() }),
]);
/** One change of the sandbox's state. The facts of one journal line are applied together or not at all. */
export type Fact = z.infer<typeof factSchema>;
