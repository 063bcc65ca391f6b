import type { VerifyWebhook } from '../../contracts';
import { headerOf, hmacSha256, inHeader, matches, timeProblem, TOLERANCE_S } from './hmac';

/**
 * Verifies Stripe's scheme: `Stripe-Signature: t=<unix seconds>,v1=<hex>`, where `v1` is the HMAC-SHA256 of
 * `<t>.<body>`. The secret is used as it is, with its `whsec_`. See https://docs.stripe.com/webhooks/signature, "Verify
 * manually".
 *
 * @example stripeSignature() // at other providers: stripeSignature({ header: 'webhook-signature' })
 */
export function stripeSignature({
  header = 'stripe-signature',
  toleranceS = TOLERANCE_S,
} = {}): VerifyWebhook {
  return inHeader(header, (request, secrets, now) => {
    const value = headerOf(request, header);
    if (typeof value !== 'string') return value;
    const parts = value.split(',').map((part) => part.trim().split('='));
    const time = parts.find(([name]) => name === 't')?.[1] ?? '';
    const problem = timeProblem(time, now, toleranceS);
    if (problem) return problem;
    const given = parts.filter(([name]) => name === 'v1').map(([, hex]) => Buffer.from(hex ?? '', 'hex'));
    const expected = secrets.map((secret) => hmacSha256(secret, `${time}.`, request.body));
    return matches(given, expected);
  });
}
