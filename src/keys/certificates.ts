import { generateKeyPair, randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import { md, pki } from 'node-forge';

/** A certificate and its key, as PEM. */
export interface Certified {
  readonly certificate: string;
  readonly key: string;
}

/** RFC 5280 allows 20. */
const SERIAL_BYTES = 16;
const RSA = { modulusLength: 2_048, publicExponent: 65_537 };
/** The clocks of two machines may differ: a new certificate is valid this long ago. */
const CLOCK_SKEW_MS = 5 * 60_000;
const DAY_MS = 24 * 60 * 60_000;

/** Makes a certificate authority of one's own. */
export function newAuthority({
  days,
  now,
}: {
  readonly days: number;
  readonly now: Date;
}): Promise<Certified> {
  return certified({
    commonName: 'Sagaline authority',
    days,
    now,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
}

/** Makes the certificate of a server, for these host names and addresses. */
export function serverCertificate(
  authority: Certified,
  {
    hosts,
    days,
    now,
    isClient = false,
  }: {
    readonly hosts: readonly string[];
    readonly days: number;
    readonly now: Date;
    /** Whether the server uses it as a client of its like, too. */
    readonly isClient?: boolean;
  },
): Promise<Certified> {
  const altNames = hosts.map((host) => (isIP(host) ? { type: 7, ip: host } : { type: 2, value: host }));
  return certified({
    authority,
    commonName: hosts[0] ?? '',
    days,
    now,
    extensions: [...leaf({ serverAuth: true, clientAuth: isClient }), { name: 'subjectAltName', altNames }],
  });
}

/** Makes the certificate with which a client proves that it belongs to this deployment. */
export function clientCertificate(
  authority: Certified,
  { commonName, days, now }: { readonly commonName: string; readonly days: number; readonly now: Date },
): Promise<Certified> {
  return certified({ authority, commonName, days, now, extensions: leaf({ clientAuth: true }) });
}

function leaf(usage: { serverAuth?: boolean; clientAuth?: boolean }): object[] {
  return [
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', ...usage },
  ];
}

/** Node.js makes the key, in a thread of its own; node-forge only writes and signs the certificate. */
async function certified(given: {
  /** Default: the certificate signs itself. */
  readonly authority?: Certified;
  readonly commonName: string;
  readonly days: number;
  readonly now: Date;
  readonly extensions: object[];
}): Promise<Certified> {
  const { authority, commonName, days, now, extensions } = given;
  const { privateKey } = await promisify(generateKeyPair)('rsa', RSA);
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const own = pki.privateKeyFromPem(key);
  const certificate = pki.createCertificate();
  certificate.publicKey = pki.setRsaPublicKey(own.n, own.e);
  certificate.serialNumber = serialNumber();
  certificate.validity.notBefore = new Date(now.getTime() - CLOCK_SKEW_MS);
  certificate.validity.notAfter = new Date(now.getTime() + days * DAY_MS);
  const subject = [{ name: 'commonName', value: commonName }];
  certificate.setSubject(subject);
  certificate.setIssuer(
    authority ? pki.certificateFromPem(authority.certificate).subject.attributes : subject,
  );
  certificate.setExtensions(extensions);
  certificate.sign(authority ? pki.privateKeyFromPem(authority.key) : own, md.sha256.create());
  return { certificate: pki.certificateToPem(certificate), key };
}

/**
 * A number that is not negative (RFC 5280), so its first bit is 0. Its second bit is 1: of two zero bytes at the start
 * node-forge drops only one, and OpenSSL refuses such a certificate.
 */
function serialNumber(): string {
  const bytes = randomBytes(SERIAL_BYTES);
  bytes.writeUInt8((bytes.readUInt8() & 0b0011_1111) | 0b0100_0000);
  return bytes.toString('hex');
}
