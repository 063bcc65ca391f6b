import { isIP } from 'node:net';
import { z } from 'zod';

/** Addresses and networks, `10.0.0.1, 10.1.0.0/16`. */
const proxies = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== ''),
  )
  .refine(
    (list) => list.every(isNetwork),
    'must be addresses or networks such as 10.1.0.0/16, separated by ","',
  );

/** How many bits a network of each version of IP may name. */
const BITS: Readonly<Record<number, number>> = { 4: 32, 6: 128 };

function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const most = BITS[isIP(address)];
  if (most === undefined || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
}

/** How much strangers may ask of the gateway: docs/tokens.md. */
export const gatewayLimitSettings = {
  /**
   * The most requests without a token of one client address in a minute, for each gateway; webhooks are such requests.
   * A gateway without authentication does not limit them.
   */
  GATEWAY_ADDRESS_REQUESTS_PER_MINUTE: z.coerce.number().int().min(1).max(10_000_000).default(30_000),
  /** The most connections at once, for each gateway. */
  GATEWAY_MAX_CONNECTIONS: z.coerce.number().int().min(1).max(1_000_000).default(10_000),
  /**
   * Proxies whose `X-Forwarded-For` names the client: addresses and networks, separated by commas. Default: none, so
   * that all clients of a proxy share its address.
   */
  GATEWAY_TRUSTED_PROXIES: proxies.default([]),
};
