import type { VerifyWebhook } from '../../contracts';
import { headerOf, hmacSha256, inHeader, matches, refuse, timeProblem, TOLERANCE_S } from './hmac';

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * Verifies Standard Webhooks, as Svix and others send them: `webhook-id`, `webhook-timestamp`, and in
 * `webhook-signature` one or several `v1,<base64>`, separated by spaces; each is the HMAC-SHA256 of
 * `<id>.<timestamp>.<body>`. A secret is `whsec_` and base64. The asymmetric `v1a` is ignored. See
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 *
 * @example standardWebhooks() // Svix's older names: standardWebhooks({ prefix: 'svix' })
 */
export function standardWebhooks({ prefix = 'webhook', toleranceS = TOLERANCE_S } = {}): VerifyWebhook {
  return inHeader(`${prefix}-signature`, (request, secrets, now) => {
    const id = headerOf(request, `${prefix}-id`);
    if (typeof id !== 'string') return id;
    const time = headerOf(request, `${prefix}-timestamp`);
    if (typeof time !== 'string') return time;
    const signature = headerOf(request, `${prefix}-signature`);
    if (typeof signature !== 'string') return signature;
    const problem = timeProblem(time, now, toleranceS);
    if (problem) return problem;
    const keys = secrets.map((secret) => secret.replace(/^whsec_/, ''));
    if (!keys.every((key) => BASE64.test(key))) return refuse('a secret of ours is not whsec_ and base64');

    const given = signature
      .split(' ')
      .map((each) => each.split(','))
      .filter(([version]) => version === 'v1')
      .map(([, value]) => Buffer.from(value ?? '', 'base64'));
    const expected = keys.map((key) =>
      hmacSha256(Buffer.from(key, 'base64'), `${id}.${time}.`, request.body),
    );
    return matches(given, expected);
  });
}
