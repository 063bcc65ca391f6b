import { createHmac } from 'node:crypto';

export interface WebhookToSign {
  readonly secret: string;
  /** The bytes as they are sent; a body that is serialised again would have another signature. */
  readonly rawBody: string;
  /** The time of this attempt, in unix seconds. Receivers refuse old times, so each attempt is signed anew. */
  readonly timestamp: number;
}

/**
 * The value of `Webhook-Signature`: `t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<raw body>">`. It is Stripe's scheme
 * (Stripe documentation, "Webhooks", section "Verify webhook signatures manually"), under another header name.
 */
export function signWebhook({ secret, rawBody, timestamp }: WebhookToSign): string {
  const signature = createHmac('sha256', secret).update(`${timestamp}.${rawBody}`).digest('hex');
  return `t=${timestamp},v1=${signature}`;
}
