import type { ConnectionOptions } from 'node:tls';
import type { ClientConfig } from 'pg';
import type { DatabaseAddress } from './address';
import { InvalidConfigError } from '../../contracts';
import { readSettingFile } from '../../files/setting-file';

/**
 * libpq's modes, with libpq's meaning. pg 8 treats `require` and `verify-ca` as `verify-full` and warns; pg 9 will not
 * (pg-connection-string 2.14.1, `parse`). `allow` and `prefer` would go on in plain text if the server offers no TLS.
 * https://www.postgresql.org/docs/18/libpq-ssl.html#LIBPQ-SSL-SSLMODE-STATEMENTS
 */
const MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const;
type Mode = (typeof MODES)[number];
const FILES = ['sslrootcert', 'sslcert', 'sslkey'] as const;
/** Another parameter is refused: it would be ignored, or weaken these. */
const PARAMETERS: readonly string[] = ['host', 'sslmode', ...FILES];
/** libpq's word for the authorities of the system; here those of Node.js, which also count without `sslrootcert`. */
const SYSTEM = 'system';

interface Parsed extends Readonly<Record<(typeof FILES)[number], string | undefined>> {
  readonly host: string;
  readonly port: number | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  readonly mode: Mode;
}

/**
 * The options of a connection. Files of TLS are read again for each connection; while one is away, as it may be while
 * it is replaced, its last content stays.
 *
 * @throws InvalidConfigError if the address contradicts itself, or a file cannot be read
 */
export function connectionTo(address: DatabaseAddress): ClientConfig {
  const read = () => parse(typeof address === 'string' ? address : address());
  const parsed = read();
  const { host, port, user, database, password } = parsed;
  return {
    host,
    port,
    user,
    database,
    // Without a password in the address, the client looks for it where libpq does.
    ...(password !== undefined && { password: () => read().password ?? '' }),
    // Always given: the client would otherwise take PGSSLMODE of the environment.
    ssl: tlsOptions(parsed),
  };
}

function parse(address: string): Parsed {
  const url = new URL(address);
  const given = (name: string) => url.searchParams.get(name) ?? undefined;
  const socket = given('host');
  const [sslmode, sslrootcert, sslcert, sslkey] = ['sslmode', ...FILES].map(given);
  const mode = MODES.find((known) => known === sslmode) ?? 'disable';
  const problems = [
    ...[...new Set(url.searchParams.keys())]
      .filter((name) => !PARAMETERS.includes(name))
      .map((name) => `${name} is not supported, only ${PARAMETERS.join(', ')}`),
    ...(sslmode !== undefined && mode !== sslmode
      ? [`sslmode must be one of ${MODES.join(', ')}, not "${sslmode}"`]
      : []),
    ...(mode === 'disable' && [sslrootcert, sslcert, sslkey].some((file) => file !== undefined)
      ? ['files of TLS are of no use without TLS: set sslmode=verify-full']
      : []),
    ...(mode === 'verify-ca' && (sslrootcert === undefined || sslrootcert === SYSTEM)
      ? ['sslmode=verify-ca needs sslrootcert: any host has a certificate of a public authority']
      : []),
    ...((sslcert === undefined) === (sslkey === undefined)
      ? []
      : ['sslcert and sslkey: one is of no use without the other']),
    ...(socket !== undefined && !socket.startsWith('/')
      ? ['host may only be the folder of a Unix socket; the name of a server is behind the "@"']
      : []),
  ];
  refuse(problems);
  return {
    host: socket ?? (decoded(url.hostname).replace(/^\[|\]$/g, '') || 'localhost'),
    port: url.port === '' ? undefined : Number(url.port),
    user: decoded(url.username) || undefined,
    password: decoded(url.password) || undefined,
    database: decoded(url.pathname.slice(1)) || undefined,
    mode,
    sslrootcert,
    sslcert,
    sslkey,
  };
}

/** As libpq does, a Unix socket is used without TLS. */
function tlsOptions({ host, mode, sslrootcert, sslcert, sslkey }: Parsed): ConnectionOptions | false {
  if (mode === 'disable' || host.startsWith('/')) return false;
  const files = {
    ca: sslrootcert === SYSTEM ? undefined : content('sslrootcert', sslrootcert),
    cert: content('sslcert', sslcert),
    key: content('sslkey', sslkey),
  };
  const options: ConnectionOptions = {
    // As in libpq, `require` with an authority is `verify-ca`. NODE_TLS_REJECT_UNAUTHORIZED does not count.
    rejectUnauthorized: mode !== 'require' || files.ca !== undefined,
    ...(mode !== 'verify-full' && { checkServerIdentity: () => undefined }),
  };
  for (const [name, get] of Object.entries(files))
    if (get !== undefined)
      Object.defineProperty(options, name, { get, enumerable: true, configurable: true });
  return options;
}

function content(parameter: string, file: string | undefined): (() => string) | undefined {
  if (file === undefined) return undefined;
  let last = '';
  try {
    last = readSettingFile(file).toString();
  } catch (error) {
    const { code = 'unreadable' } = error as NodeJS.ErrnoException;
    refuse([`${parameter}: ${file} cannot be read (${code})`]);
  }
  return () => {
    try {
      last = readSettingFile(file).toString() || last;
    } catch {
      // The client asks for it in the middle of a handshake, where an error would end the process.
    }
    return last;
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A "%" that is not the beginning of an escape.
    return text;
  }
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0)
    throw new InvalidConfigError(problems.map((problem) => `the address of PostgreSQL: ${problem}`));
}
