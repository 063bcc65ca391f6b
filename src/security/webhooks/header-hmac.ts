import type { VerifyWebhook } from '../../contracts';
import { headerOf, hmacSha256, inHeader, matches, refuse } from './hmac';

/** How a provider signs in a header. */
export interface HeaderHmac {
  /** Name of the header, in lower case. */
  readonly header: string;
  /** The text before the signature, such as `sha256=`. */
  readonly prefix?: string;
  readonly encoding: 'hex' | 'base64';
}

/**
 * Verifies the HMAC-SHA256 of the body in a header. The signature has no time: a call that was recorded can be sent
 * again, and is recognised by the id of its event only.
 *
 * @example headerHmac({ header: 'x-shopify-hmac-sha256', encoding: 'base64' })
 */
export function headerHmac({ header, prefix = '', encoding }: HeaderHmac): VerifyWebhook {
  return inHeader(header, (request, secrets) => {
    const value = headerOf(request, header);
    if (typeof value !== 'string') return value;
    if (!value.startsWith(prefix)) return refuse(`the header ${header} does not begin with ${prefix}`);
    const given = Buffer.from(value.slice(prefix.length), encoding);
    return matches(
      [given],
      secrets.map((secret) => hmacSha256(secret, request.body)),
    );
  });
}

/**
 * Verifies GitHub's scheme; see https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries.
 *
 * @example
 * githubSignature();
 */
export function githubSignature(): VerifyWebhook {
  return headerHmac({ header: 'x-hub-signature-256', prefix: 'sha256=', encoding: 'hex' });
}
