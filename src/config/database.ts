import type { Environment } from './environment';

/** How a process uses PostgreSQL: as its own role, as the owner of the tables, or not at all. */
export type DatabaseUse = 'role' | 'owner' | 'none';

/** Stands for the address in a process that connects to no database; nothing answers under this name (RFC 6761). */
const NO_DATABASE = 'postgresql://not-used.invalid';

const SETTINGS = ['DATABASE_URL', 'DATABASE_DIRECT_URL', 'DATABASE_OWNER_URL'] as const;

/** Fills in the addresses that this process does not need. `provision` needs only that of the owner. */
export function databaseAddresses(settings: Environment, use: DatabaseUse): Environment {
  const { DATABASE_URL: url, DATABASE_OWNER_URL: owner } = settings;
  if (url !== undefined || use === 'role' || (use === 'owner' && owner === undefined)) return settings;
  return { ...settings, DATABASE_URL: NO_DATABASE };
}

const LOOPBACK = /^(127(\.\d{1,3}){3}|\[::1\]|localhost)$/;

/** Addresses that production refuses: over a network, only a server that proves its name is ours. */
export function unverifiedAddresses(
  settings: Readonly<Partial<Record<(typeof SETTINGS)[number], string | undefined>>>,
): string[] {
  return SETTINGS.filter((setting) => isUnverified(settings[setting])).map(
    (setting) =>
      `${setting}: must say sslmode=verify-full in production, unless PostgreSQL is on this machine (docs/postgres-security.md)`,
  );
}

function isUnverified(address: string | undefined): boolean {
  if (address === undefined || address === NO_DATABASE || !URL.canParse(address)) return false;
  const { hostname, searchParams } = new URL(address);
  const isLocal = LOOPBACK.test(hostname) || searchParams.get('host')?.startsWith('/') === true;
  return !isLocal && searchParams.getAll('sslmode').join() !== 'verify-full';
}
