import type { Fact, Payment } from './facts';
import { unixSeconds, type Sources } from './sources';

export type PaymentNews =
  | 'payment.authorized'
  | 'payment.declined'
  | 'payment.captured'
  | 'payment.capture_declined'
  | 'payment.canceled'
  | 'payment.refunded';

/** `asynchronous`: no call's answer held this outcome, so the webhook is the only news of it. */
export type PaymentNewsMode = 'synchronous' | 'asynchronous';

/** A webhook in the payment provider's words, to be sent with the change that it tells of. */
export function paymentWebhook(
  type: PaymentNews,
  payment: Payment,
  mode: PaymentNewsMode,
  sources: Sources,
): Fact {
  const id = sources.newId('evt');
  const created = unixSeconds(sources.now());
  const rawBody = JSON.stringify({ id, type, created, livemode: false, data: { object: payment }, mode });
  const webhook = { id, to: 'payment-provider' as const, type, subject: payment.id, rawBody, copies: 1 };
  return { kind: 'webhook-queued', webhook };
}
