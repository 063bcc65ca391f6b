import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import type { ConnectionOptions as SocketOptions } from 'node:tls';
import type { TlsOptions } from 'nats';
import type { NatsFiles } from './credentials';

/** The client passes everything on to `tls.connect`; its type names less. */
type Options = TlsOptions & Pick<SocketOptions, 'checkServerIdentity'>;

/** What Node.js checks the certificate for if the client gives no name. */
const NO_NAME = 'localhost';

/**
 * The options that keep the connection encrypted: without `tls` the client goes on in plain text if the server offers
 * no TLS, even to a `tls://` address (nats 2.29.3, `checkOptions`).
 *
 * @param servers addresses without credentials
 * @returns `undefined` if the addresses and settings do not ask for TLS; the client then uses it if the server offers it
 */
export function tlsOptions(
  servers: readonly string[],
  { caFile, certFile, keyFile }: NonNullable<NatsFiles['tls']> = {},
): Options | undefined {
  const files = Object.entries({ caFile, certFile, keyFile }).filter(([, file]) => file !== undefined);
  const isAsked = files.length > 0 || servers.some((server) => urlOf(server).protocol === 'tls:');
  return isAsked ? { ...Object.fromEntries(files), checkServerIdentity: identityCheck(servers) } : undefined;
}

/**
 * Checks the name in the server's certificate. The client gives Node.js no name for a server with a numeric address:
 * such a certificate must then have one of the configured addresses.
 */
function identityCheck(servers: readonly string[]): NonNullable<SocketOptions['checkServerIdentity']> {
  const nameless = servers.map(hostOf).filter((host) => isIP(host) !== 0 || host === NO_NAME);
  return (name, certificate) => {
    const names = name === NO_NAME && nameless.length > 0 ? nameless : [name];
    const errors = names.map((each) => checkServerIdentity(each, certificate));
    return errors.includes(undefined) ? undefined : errors[0];
  };
}

function hostOf(server: string): string {
  return urlOf(server).hostname.replace(/^\[|\]$/g, '');
}

function urlOf(server: string): URL {
  return new URL(server.includes('://') ? server : `nats://${server}`);
}
