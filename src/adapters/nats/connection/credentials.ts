import type { Authenticator, ConnectionOptions } from 'nats';
import { credsAuthenticator, nkeyAuthenticator } from 'nats';
import { InvalidConfigError } from '../../../contracts';
import { readSettingFile } from '../../../files/setting-file';

/** Files with which the two sides of a connection prove who they are. Each is read again at every connect. */
export interface NatsFiles {
  readonly tls?:
    | {
        /** Certificates of the authorities that may have signed the server's. Default: those of Node.js */
        readonly caFile?: string | undefined;
        readonly certFile?: string | undefined;
        readonly keyFile?: string | undefined;
      }
    | undefined;
  /** A user's JWT and seed, as `nsc` writes them. */
  readonly credsFile?: string | undefined;
  /** A user's seed alone. */
  readonly nkeyFile?: string | undefined;
}

/**
 * How the connection proves who it is: by a file, or by what is before the `@` of the first address. The client
 * silently drops the latter.
 */
export function userOptions(
  servers: readonly string[],
  { credsFile, nkeyFile }: NatsFiles,
): Pick<ConnectionOptions, 'authenticator' | 'user' | 'pass' | 'token'> {
  if (credsFile !== undefined) return { authenticator: fromFile(credsFile, credsAuthenticator) };
  if (nkeyFile !== undefined) return { authenticator: fromFile(nkeyFile, nkeyAuthenticator) };
  return credentialsIn(servers[0]);
}

/** Reads the file for each connect, so that a rotated user needs no restart. */
function fromFile(file: string, make: (content: Uint8Array) => Authenticator): Authenticator {
  return (nonce) => make(trimmed(readSettingFile(file)))(nonce);
}

function trimmed(content: Buffer): Uint8Array {
  return new TextEncoder().encode(content.toString('utf8').trim());
}

function credentialsIn(server = ''): { user?: string; pass?: string; token?: string } {
  const userInfo = /^(?:\w+:\/\/)?([^@/]*)@/.exec(server)?.[1];
  if (userInfo === undefined) return {};
  const [user = '', ...password] = userInfo.split(':').map(decodeURIComponent);
  return password.length === 0 ? { token: user } : { user, pass: password.join(':') };
}

export function withoutCredentials(server: string): string {
  return server.replace(/^(\w+:\/\/)?[^@/]*@/, '$1');
}

/**
 * Checks at the start that all files are there. Later the client fails to connect, and tries again.
 *
 * @throws InvalidConfigError naming each file that cannot be read, or is empty
 */
export function checkFiles({ tls, credsFile, nkeyFile }: NatsFiles): void {
  const files = {
    NATS_TLS_CA_FILE: tls?.caFile,
    NATS_TLS_CERT_FILE: tls?.certFile,
    NATS_TLS_KEY_FILE: tls?.keyFile,
    NATS_CREDS_FILE: credsFile,
    NATS_NKEY_FILE: nkeyFile,
  };
  const problems = Object.entries(files).flatMap(([setting, file]) => {
    const problem = file === undefined ? undefined : problemOf(file);
    return problem === undefined ? [] : [`${setting}: ${problem}`];
  });
  if (problems.length > 0) throw new InvalidConfigError(problems);
}

function problemOf(file: string): string | undefined {
  try {
    return readSettingFile(file).toString().trim() === '' ? `${file} is empty` : undefined;
  } catch (error) {
    const { code = 'unreadable' } = error as NodeJS.ErrnoException;
    return `${file} cannot be read (${code})`;
  }
}
