import type { Socket } from 'node:net';
import { connect, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { TemporalTls, TlsMaterial } from './tls';

/** A handshake takes milliseconds; on a busy machine, or across continents, a second. */
const ANSWER_WITHIN_MS = 3_000;
/** What a client of HTTP/2 sends first (RFC 9113, 3.4): the preface and empty settings. */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', 'latin1');
/** A server answers with its settings: the type of a frame is its fourth byte. */
const TYPE_AT = 3;
const SETTINGS = 4;

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
  const [, host = '', port] = /^(.*):(\d+)$/.exec(address) ?? [];
  const servername = tls?.serverName ?? host;
  const name = isIP(servername) === 0 ? { servername } : {};
  return new Promise((resolve) => {
    let connected = false;
    const socket: Socket = tls
      ? connectTls({
          host,
          port: Number(port),
          ...name,
          ca: tls.ca,
          cert: tls.cert,
          key: tls.key,
          rejectUnauthorized: tls.anyServer !== true,
          ALPNProtocols: ['h2'],
        })
      : connect(Number(port), host);
    const end = (handshake: Handshake) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(handshake);
    };
    const fail = (code?: string) => end({ kind: 'failed', connected, code });
    const timer = setTimeout(fail, ANSWER_WITHIN_MS);
    socket.once(tls ? 'secureConnect' : 'connect', () => {
      connected = true;
      socket.write(PREFACE);
    });
    socket.once('data', (answer) =>
      answer.readUInt8(Math.min(TYPE_AT, answer.length - 1)) === SETTINGS
        ? end({ kind: 'speaks-http2' })
        : fail(),
    );
    socket.on('error', ({ code }: NodeJS.ErrnoException) => fail(code));
    socket.once('close', () => fail());
  });
}
