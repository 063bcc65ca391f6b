import type { ClientHttp2Session, SecureClientSessionOptions } from 'node:http2';
import { connect } from 'node:http2';
import { isIP } from 'node:net';
import type { TemporalTls, TlsMaterial } from './tls';

/** A handshake takes milliseconds; on a busy machine, or across continents, a second. */
const ANSWER_WITHIN_MS = 3_000;

/** What became of a connection, up to the first words of HTTP/2, which gRPC uses. */
export type Handshake =
  | { readonly kind: 'speaks-http2' }
  | {
      readonly kind: 'failed';
      /** With TLS: whether its handshake was over for our side. A server checks our certificate after that. */
      readonly connected: boolean;
      /** That of Node.js or OpenSSL, such as `ECONNREFUSED`; absent if the server closed the connection or said nothing. */
      readonly code?: string | undefined;
    };

/** Connects once, without a call: gRPC's own errors do not say why a connection was not made. */
export function shakeHands(
  address: string,
  tls?: Pick<TemporalTls, 'serverName'> & TlsMaterial & { readonly anyServer?: boolean },
): Promise<Handshake> {
  const host = address.replace(/:\d+$/, '');
  const servername = tls?.serverName ?? host;
  const options: SecureClientSessionOptions = tls
    ? {
        ca: tls.ca,
        cert: tls.cert,
        key: tls.key,
        ...(isIP(servername) === 0 && { servername }),
        rejectUnauthorized: tls.anyServer !== true,
      }
    : {};
  return new Promise((resolve) => {
    const session: ClientHttp2Session = connect(`${tls ? 'https' : 'http'}://${address}`, options);
    let connected = false;
    const end = (handshake: Handshake) => {
      clearTimeout(timer);
      session.destroy();
      resolve(handshake);
    };
    const fail = (code?: string) => end({ kind: 'failed', connected, code });
    const timer = setTimeout(fail, ANSWER_WITHIN_MS);
    session.once('connect', () => (connected = true));
    session.once('remoteSettings', () => end({ kind: 'speaks-http2' }));
    session.on('error', ({ code }: NodeJS.ErrnoException) => fail(code));
    session.once('close', () => fail());
  });
}
