import type { VerifyWebhook } from '../../contracts';
import { memberAt, readJson } from '../../contracts';
import { hmacSha256, matches, refuse } from './hmac';

/** How a provider signs within the body. */
export interface BodyHmac {
  /** The member with the list of notifications; without it the body is the notification. Each one is signed. */
  readonly each?: string;
  /** The member with the signature, such as `additionalData.hmacSignature`. */
  readonly signature: string;
  readonly encoding: 'hex' | 'base64';
  /** The members that are signed, in their order; an absent one is signed as an empty text. */
  readonly fields: readonly string[];
  readonly separator: string;
  /** How a secret is written; `utf8` when its characters are the key. */
  readonly secretEncoding: 'hex' | 'base64' | 'utf8';
}

/** Node.js reads a text of another form up to its first wrong character: as a short key, or as an empty one. */
const FORMS = { hex: /^(?:[0-9a-f]{2})+$/i, base64: /^[A-Za-z0-9+/]{2,}={0,2}$/, utf8: /^/ };

/**
 * Verifies an HMAC-SHA256 inside the JSON, over some of its members. The other members are not signed: use only those
 * that `fields` names. As with `headerHmac`, the signature has no time.
 *
 * @example
 * bodyHmac({
 *   signature: 'signature',
 *   encoding: 'hex',
 *   fields: ['id', 'amount'],
 *   separator: ':',
 *   secretEncoding: 'utf8',
 * });
 */
export function bodyHmac({
  each,
  signature,
  encoding,
  fields,
  separator,
  secretEncoding,
}: BodyHmac): VerifyWebhook {
  return ({ body }, secrets) => {
    if (!secrets.every((secret) => FORMS[secretEncoding].test(secret)))
      return refuse(`a secret of ours is not ${secretEncoding}`);
    const json = readJson(body);
    if (!json.ok) return refuse('the body, which holds the signature, cannot be read');
    const notifications = each === undefined ? [json.value] : memberAt(json.value, each);
    if (!Array.isArray(notifications) || notifications.length === 0) return refuse('there is nothing signed');
    for (const notification of notifications) {
      const given = memberAt(notification, signature);
      if (typeof given !== 'string') return refuse(`the member ${signature} is missing`);
      const text = fields.map((field) => textOf(memberAt(notification, field))).join(separator);
      const verified = matches(
        [Buffer.from(given, encoding)],
        secrets.map((secret) => hmacSha256(Buffer.from(secret, secretEncoding), text)),
      );
      if (!verified.ok) return verified;
    }
    return { ok: true };
  };
}

/**
 * Verifies Adyen's scheme for standard notifications; see
 * https://docs.adyen.com/development-resources/webhooks/verify-hmac-signatures. Use it in `defineWebhook` with `each:
 * 'notificationItems'` and `type: 'NotificationRequestItem.eventCode'`.
 *
 * @example
 * adyenSignature();
 */
export function adyenSignature(): VerifyWebhook {
  const item = (name: string) => `NotificationRequestItem.${name}`;
  return bodyHmac({
    each: 'notificationItems',
    signature: item('additionalData.hmacSignature'),
    encoding: 'base64',
    fields: [
      'pspReference',
      'originalReference',
      'merchantAccountCode',
      'merchantReference',
      'amount.value',
      'amount.currency',
      'eventCode',
      'success',
    ].map(item),
    separator: ':',
    secretEncoding: 'hex',
  });
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}
