import type { Fact } from '../facts';
import { unixSeconds, type Sources } from '../sources';
import type { PaymentRecord } from './payment';
import { tokenBehaviour } from './tokens';

export type PaymentNotification =
  | 'payment.requires_action'
  | 'payment.authorized'
  | 'payment.declined'
  | 'payment.captured'
  | 'payment.capture_declined'
  | 'payment.canceled'
  | 'payment.refunded'
  | 'payment.dispute_opened'
  | 'payment.dispute_closed';

/** `asynchronous`: no answer of a call contained this outcome, so the client learns it from the webhook only. */
export type NotificationMode = 'synchronous' | 'asynchronous';

/** The webhook about a change, to be committed together with it. */
export function paymentWebhook(
  type: PaymentNotification,
  { payment, token }: PaymentRecord,
  mode: NotificationMode,
  sources: Sources,
): Fact {
  const id = sources.newId('evt');
  const created = unixSeconds(sources.now());
  const rawBody = JSON.stringify({ id, type, created, livemode: false, data: { object: payment }, mode });
  return {
    kind: 'webhook-queued',
    webhook: {
      id,
      to: 'payment-provider',
      type,
      subject: payment.id,
      rawBody,
      copies: 1,
      ...(tokenBehaviour(token)?.gzipWebhooks && { encoding: 'gzip' }),
    },
  };
}
