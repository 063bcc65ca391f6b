/** Which errors of the servers mean that this user may not do it. */
import { NatsNotEncryptedError } from '../adapters/nats';
import { InvalidConfigError } from '../config';

/** PostgreSQL: invalid authorization, invalid password (https://www.postgresql.org/docs/18/errcodes-appendix.html). */
const POSTGRES_REFUSED = ['28000', '28P01'];
/** PostgreSQL: invalid catalog name. */
const NO_DATABASE = '3D000';
/** PostgreSQL: insufficient privilege. NATS: permissions of a user. gRPC: permission denied. */
const DENIED: readonly unknown[] = ['42501', 'PERMISSIONS_VIOLATION', 7];
/** Codes of the client of NATS for refused credentials. */
const NATS_REFUSED = [
  'AUTHORIZATION_VIOLATION',
  'AUTHENTICATION_EXPIRED',
  'AUTHENTICATION_TIMEOUT',
  'BAD_AUTHENTICATION',
];

/** Whether a connection was refused by a server that answers, or by ourselves. */
export function wasRefused(error: unknown): boolean {
  return (
    error instanceof NatsNotEncryptedError ||
    error instanceof InvalidConfigError ||
    [...POSTGRES_REFUSED, ...NATS_REFUSED].includes(String(codeOf(error)))
  );
}

/** Whether PostgreSQL answers, and does not have the database. */
export function hasNoDatabase(error: unknown): boolean {
  return codeOf(error) === NO_DATABASE;
}

/** Whether the user of this process may not ask. */
export function wasDenied(error: unknown): boolean {
  return DENIED.includes(codeOf(error));
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
