// Each process of ours logs in to PostgreSQL as its own role, or not at all; nobody else is the administrator.
import { roleName } from '../../src/adapters/postgres';
import type { LoadedApp } from '../../src/runtime/app';
import { databaseUseOf } from '../../src/runtime/roles';

const SETTING = /^DATABASE_(DIRECT_|OWNER_)?URL(_FILE)?$/;

/** The command line logs in as the operator. */
const LOGIN: Readonly<Record<string, string>> = { 'deploy set-current': 'operator' };

/** What is wrong with the addresses of a process. */
export function databaseProblems(
  app: LoadedApp,
  role: string,
  environment: Readonly<Record<string, string>>,
): string[] {
  const use = databaseUseOf(app, role);
  const given = Object.entries(environment).filter(([name]) => SETTING.test(name));
  return given.flatMap(([name, address]) => {
    const isOwners = name.startsWith('DATABASE_OWNER_URL');
    if (use === 'none' || isOwners !== (use === 'owner')) return [`${name} is not this role's to know`];
    const wanted = roleName('sagaline', use === 'owner' ? 'owner' : (LOGIN[role] ?? role));
    const { username } = new URL(address);
    return username === wanted ? [] : [`${name}: its user is "${username}", not "${wanted}"`];
  });
}
