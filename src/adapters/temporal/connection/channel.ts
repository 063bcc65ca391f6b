import { rootCertificates } from 'node:tls';
import type { ChannelCredentials } from '@grpc/grpc-js';
import { credentials, experimental, Metadata } from '@grpc/grpc-js';
import type { ApiKey } from './api-key';
import type { TemporalTls, TlsMaterial } from './tls';
import { readTls, watchTls } from './tls';

/**
 * gRPC credentials that use the files as they are when a connection is made. A connection that is open goes on with
 * the certificate that it was opened with.
 *
 * @throws InvalidConfigError for a file that cannot be used
 */
export function channelCredentials(tls: TemporalTls | undefined, everyMs?: number): ChannelCredentials {
  if (tls === undefined) return credentials.createInsecure();
  const provider = certificateProvider(tls, everyMs);
  return experimental.createCertificateProviderChannelCredentials(
    provider,
    tls.clientCert === undefined ? null : provider,
  );
}

/** gRPC's arguments for a server whose certificate has another name than the address. */
export function channelNames(tls: TemporalTls | undefined): Record<string, string> {
  const name = tls?.serverName;
  return name === undefined ? {} : { 'grpc.ssl_target_name_override': name, 'grpc.default_authority': name };
}

/** Adds the key to each call; gRPC refuses to do so on a connection in plain text. */
export function keyCredentials(apiKey: ApiKey) {
  return credentials.createFromMetadataGenerator((_options, done) => {
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${apiKey()}`);
    done(null, metadata);
  });
}

/** gRPC's own provider drops its certificates while a file is replaced, and keeps the process alive. */
function certificateProvider(
  tls: TemporalTls,
  everyMs: number | undefined,
): experimental.CertificateProvider {
  let current = readTls(tls);
  const authorities = new Set<experimental.CaCertificateUpdateListener>();
  const identities = new Set<experimental.IdentityCertificateUpdateListener>();
  let stop: (() => void) | undefined;
  const watch = () => {
    stop ??= watchTls(tls, tell, { from: current, everyMs });
  };
  const unwatch = () => {
    if (authorities.size + identities.size > 0) return;
    stop?.();
    stop = undefined;
  };
  const tell = (material: TlsMaterial) => {
    current = material;
    for (const listener of authorities) listener(caOf(material));
    for (const listener of identities) listener(identityOf(material));
  };
  return {
    addCaCertificateListener: (listener) => {
      authorities.add(listener);
      watch();
      process.nextTick(listener, caOf(current));
    },
    removeCaCertificateListener: (listener) => {
      authorities.delete(listener);
      unwatch();
    },
    addIdentityCertificateListener: (listener) => {
      identities.add(listener);
      watch();
      process.nextTick(listener, identityOf(current));
    },
    removeIdentityCertificateListener: (listener) => {
      identities.delete(listener);
      unwatch();
    },
  };
}

function caOf({ ca }: TlsMaterial): experimental.CaCertificateUpdate {
  return { caCertificate: ca ?? Buffer.from(rootCertificates.join('\n')) };
}

function identityOf({ cert, key }: TlsMaterial): experimental.IdentityCertificateUpdate | null {
  return cert && key ? { certificate: cert, privateKey: key } : null;
}
