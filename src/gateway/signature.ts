import { createHmac, timingSafeEqual } from 'node:crypto';

/** A signature older than this may be a replay; clocks of servers are far closer together. */
const TOLERANCE_S = 5 * 60;

/** Header of a webhook's signature: `t=<unix seconds>,v1=<hex>`. */
export const SIGNATURE_HEADER = 'webhook-signature';

/**
 * Verifies a webhook in the scheme that Stripe made common (https://docs.stripe.com/webhooks, "Verify webhook signatures
 * manually"): `v1` is the HMAC-SHA256, in hex, of `<t>.<raw body>` under the shared secret.
 *
 * @param secrets any of them may have signed: while a secret is being changed, there are two
 * @returns why the signature is not accepted; `undefined` when it is
 */
export function signatureProblem(
  header: string | undefined,
  body: Uint8Array,
  secrets: readonly string[],
  now: Date,
): string | undefined {
  if (header === undefined) return `the header ${SIGNATURE_HEADER} is missing`;
  const parts = header.split(',').map((part) => part.trim().split('='));
  const time = parts.find(([name]) => name === 't')?.[1] ?? '';
  if (!/^\d{1,12}$/.test(time)) return 'the signature has no time (t=<unix seconds>)';
  if (Math.abs(now.getTime() / 1_000 - Number(time)) > TOLERANCE_S)
    return 'the signature is too old, or from the future';

  const given = parts.filter(([name]) => name === 'v1').map(([, value]) => Buffer.from(value ?? '', 'hex'));
  const expected = secrets.map((secret) =>
    createHmac('sha256', secret).update(`${time}.`).update(body).digest(),
  );
  const matches = expected.some((one) =>
    given.some((other) => one.length === other.length && timingSafeEqual(one, other)),
  );
  return matches ? undefined : 'the signature does not match the body';
}
