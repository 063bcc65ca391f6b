import { createPrivateKey, X509Certificate } from 'node:crypto';
import { InvalidConfigError } from '../../../contracts';
import { readSettingFile } from '../../../files/setting-file';

/** A certificate or key as PEM, in a file or as it is. */
export interface Pem {
  /** The name of the setting, for messages. */
  readonly setting: string;
  readonly path?: string | undefined;
  readonly data?: string | undefined;
}

/** An empty object is TLS with the authorities of Node.js, and no certificate of our own. */
export interface TemporalTls {
  /** The name in the server's certificate, if it is not that in the address. */
  readonly serverName?: string | undefined;
  readonly serverCaCert?: Pem | undefined;
  readonly clientCert?: Pem | undefined;
  readonly clientKey?: Pem | undefined;
}

/** What a handshake needs, as it was read last. */
export interface TlsMaterial {
  readonly ca?: Buffer | undefined;
  readonly cert?: Buffer | undefined;
  readonly key?: Buffer | undefined;
}

/**
 * Reads the files of a connection.
 *
 * @throws InvalidConfigError naming each setting whose file or content cannot be used
 */
export function readTls(tls: TemporalTls, now = new Date()): TlsMaterial {
  const problems: string[] = [];
  const read = (pem: Pem | undefined, check: (content: Buffer) => string | undefined): Buffer | undefined => {
    if (pem === undefined) return undefined;
    const where = pem.path ?? 'its content';
    try {
      const content = pem.path === undefined ? Buffer.from(pem.data ?? '') : readSettingFile(pem.path);
      const problem = check(content);
      if (problem !== undefined) problems.push(`${pem.setting}: ${where} ${problem}`);
      return content;
    } catch (error) {
      const { code = 'unreadable' } = error as NodeJS.ErrnoException;
      problems.push(`${pem.setting}: ${where} cannot be read (${code})`);
      return undefined;
    }
  };
  const ca = read(tls.serverCaCert, notCertificate);
  const cert = read(tls.clientCert, (content) => notCertificate(content) ?? expired(content, now));
  const key = read(tls.clientKey, (content) => notKey(content));
  if (problems.length === 0 && cert && key && !belong(cert, key))
    problems.push(
      `${tls.clientKey?.setting ?? ''}: is not the key of the certificate in ${tls.clientCert?.setting ?? ''}`,
    );
  if (problems.length > 0) throw new InvalidConfigError(problems);
  return { ca, cert, key };
}

function notCertificate(content: Buffer): string | undefined {
  return parsed(() => new X509Certificate(content)) ? undefined : 'has no certificate in PEM form';
}

function notKey(content: Buffer): string | undefined {
  return parsed(() => createPrivateKey(content)) ? undefined : 'has no private key in PEM form';
}

function expired(content: Buffer, now: Date): string | undefined {
  const { validTo } = new X509Certificate(content);
  return new Date(validTo) < now ? `has expired (${new Date(validTo).toISOString()})` : undefined;
}

function belong(cert: Buffer, key: Buffer): boolean {
  return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
}

function parsed<Value>(parse: () => Value): Value | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}

/** How often files are read again. A certificate is replaced weeks before it expires. */
const READ_AGAIN_MS = 5_000;

/**
 * Reads the files again and tells of each change. While one is missing, or the certificate and the key do not belong
 * together, as in the middle of a replacement, the last ones stay.
 *
 * @returns a function that stops this
 */
export function watchTls(
  tls: TemporalTls,
  changed: (material: TlsMaterial) => void,
  { from, everyMs = READ_AGAIN_MS }: { readonly from: TlsMaterial; readonly everyMs?: number | undefined },
): () => void {
  const pems = [tls.serverCaCert, tls.clientCert, tls.clientKey];
  if (pems.every((pem) => pem?.path === undefined)) return () => undefined;
  let last = from;
  const timer = setInterval(() => {
    const next = parsed(() => readTls(tls));
    if (next === undefined || isSame(next, last)) return;
    last = next;
    changed(next);
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

function isSame(one: TlsMaterial, other: TlsMaterial): boolean {
  return (['ca', 'cert', 'key'] as const).every(
    (name) => (one[name]?.toString('latin1') ?? '') === (other[name]?.toString('latin1') ?? ''),
  );
}
