import { z } from 'zod';
import { DECLINE_CODES } from './tokens';

const paymentStatus = z.enum([
  'requires_action',
  'requires_capture',
  'pending',
  'declined',
  'captured',
  'canceled',
  'refunded',
  'partially_refunded',
]);
export type PaymentStatus = z.infer<typeof paymentStatus>;

const cancellationReason = z.enum(['requested', 'by_hand', 'expired', 'abandoned']);

const disputeSchema = z.strictObject({
  id: z.string(),
  status: z.enum(['needs_response', 'won', 'lost']),
  amount: z.int(),
  reason: z.string(),
});

/** A payment as the API shows it. Amounts are integer minor units, times are unix seconds. */
export const paymentSchema = z.strictObject({
  id: z.string(),
  object: z.literal('payment'),
  status: paymentStatus,
  amount: z.int(),
  amount_captured: z.int(),
  amount_refunded: z.int(),
  currency: z.string(),
  merchant_reference: z.string(),
  decline_code: z.enum(DECLINE_CODES).optional(),
  /** Only while the status is `requires_action`. */
  next_action: z.strictObject({ type: z.literal('redirect'), redirect_url: z.string() }).optional(),
  /** Only while the status is `requires_capture`. */
  authorization_expires_at: z.int().optional(),
  cancellation_reason: cancellationReason.optional(),
  dispute: disputeSchema.optional(),
  created: z.int(),
  updated: z.int(),
});
export type Payment = z.infer<typeof paymentSchema>;

/** A payment as the sandbox stores it; `healed` turns off the failures that its token causes. */
export const paymentRecord = z.strictObject({
  payment: paymentSchema,
  token: z.string(),
  healed: z.boolean(),
});
export type PaymentRecord = z.infer<typeof paymentRecord>;

/** Not decided yet. */
export function isUndecided({ status }: Payment): boolean {
  return status === 'pending' || status === 'requires_action';
}

/** Can still be cancelled. */
export function isOpen(payment: Payment): boolean {
  return isUndecided(payment) || payment.status === 'requires_capture';
}

/** Has captured money that can be refunded. */
export function isCaptured({ status }: Payment): boolean {
  return status === 'captured' || status === 'partially_refunded';
}

/** Milliseconds. */
export interface PaymentTimes {
  readonly pendingMs: number;
  readonly authorizationMs: number;
  readonly shortAuthorizationMs: number;
  readonly actionMs: number;
  readonly disputeMs: number;
}
