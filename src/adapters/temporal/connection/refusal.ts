import type { TemporalSettings } from './connect';
import { shakeHands } from './handshake';
import { readTls } from './tls';

/** Why server and process do not come together, although the server answers. */
export type RefusalKind =
  | 'unknown-authority'
  | 'server-certificate-expired'
  | 'wrong-name'
  | 'no-tls'
  | 'needs-tls'
  | 'needs-certificate'
  | 'certificate-refused'
  | 'denied'
  | 'no-namespace';

/** Thrown when the server answers, and one side does not accept the other. The message names the setting. */
export class TemporalRefusedError extends Error {
  override readonly name = 'TemporalRefusedError';
  constructor(
    readonly kind: RefusalKind,
    readonly address: string,
    options?: ErrorOptions,
  ) {
    super(`Temporal at ${address} ${EXPLANATIONS[kind]}`, options);
  }
}

const EXPLANATIONS: Readonly<Record<RefusalKind, string>> = {
  'unknown-authority':
    'has a certificate of an authority that this process does not trust: TEMPORAL_TLS_SERVER_CA_CERT_PATH must name the certificate of the authority that signs the server’s',
  'server-certificate-expired':
    'has a certificate that is not valid now: it has expired, or a clock is wrong. Give the server a new one; no setting of this process helps',
  'wrong-name':
    'has a certificate for another name: TEMPORAL_ADDRESS, or TEMPORAL_TLS_SERVER_NAME, must be a name in it',
  'no-tls':
    'offers no TLS, and the connection was refused: TEMPORAL_TLS, TEMPORAL_API_KEY or a TEMPORAL_TLS_… setting asks for it. Give the server a certificate',
  'needs-tls': 'takes TLS only: set TEMPORAL_TLS_SERVER_CA_CERT_PATH, or TEMPORAL_TLS=true',
  'needs-certificate':
    'wants a certificate of this process: set TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH',
  'certificate-refused':
    'refuses the certificate of this process: TEMPORAL_TLS_CLIENT_CERT_PATH must be signed by an authority of the server, and valid',
  denied:
    'does not let this process use the namespace: TEMPORAL_API_KEY_FILE must name a token that is valid, and for TEMPORAL_NAMESPACE',
  'no-namespace': 'has no such namespace: TEMPORAL_NAMESPACE says which one',
};

/** Codes of OpenSSL's verification of the server's certificate (https://nodejs.org/api/tls.html#x509-certificate-error-codes). */
const UNKNOWN_AUTHORITY: ReadonlySet<string> = new Set([
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'INVALID_CA',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);
const NOT_VALID_NOW: ReadonlySet<string> = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);
/** OpenSSL's name for what a server says before it ends a handshake. */
const ALERT = /^ERR_SSL_.*_ALERT_/;

/**
 * Asks the server why a connection was not made. Only for use after a failure: it makes connections of its own.
 *
 * @returns `undefined` if the server does not answer, or if there is nothing wrong with the connection
 * @throws InvalidConfigError for a file that cannot be used
 */
export async function whyRefused({
  address,
  tls,
}: Pick<TemporalSettings, 'address' | 'tls'>): Promise<TemporalRefusedError | undefined> {
  const kind = tls === undefined ? await whyNotInClear(address) : await whyNotEncrypted(address, tls);
  return kind && new TemporalRefusedError(kind, address);
}

async function whyNotInClear(address: string): Promise<RefusalKind | undefined> {
  if ((await shakeHands(address)).kind === 'speaks-http2') return undefined;
  const encrypted = await shakeHands(address, { anyServer: true });
  return encrypted.kind === 'speaks-http2' || encrypted.connected || ALERT.test(encrypted.code ?? '')
    ? 'needs-tls'
    : undefined;
}

async function whyNotEncrypted(
  address: string,
  tls: NonNullable<TemporalSettings['tls']>,
): Promise<RefusalKind | undefined> {
  const handshake = await shakeHands(address, { ...readTls(tls), serverName: tls.serverName });
  if (handshake.kind === 'speaks-http2') return undefined;
  const { connected, code = '' } = handshake;
  if (UNKNOWN_AUTHORITY.has(code)) return 'unknown-authority';
  if (NOT_VALID_NOW.has(code)) return 'server-certificate-expired';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'wrong-name';
  if (connected || ALERT.test(code))
    return tls.clientCert === undefined ? 'needs-certificate' : 'certificate-refused';
  return (await shakeHands(address)).kind === 'speaks-http2' ? 'no-tls' : undefined;
}
