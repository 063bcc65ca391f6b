// A database with a login role for each role of a project, as an administrator and `sagaline provision` make them.
import { randomBytes } from 'node:crypto';
import { applySql, grantRights, loginRoles, OWNER, roleName, rolesSql } from '../../src/adapters/postgres';
import { migrate } from '../../src/adapters/postgres/migrate';
import type { LoadedApp } from '../../src/runtime/app';
import { migrationsOf, tablesOf } from '../../src/runtime/migrations';
import { silentLog } from './log';

export interface RoleDatabase {
  /** How the names of the roles begin: roles belong to the server, which tests share. */
  readonly prefix: string;
  /** The roles, with the owner. */
  readonly roles: readonly string[];
  urlOf(role: string): string;
  /** Migrates and grants again, as at a deploy. */
  provision(app?: LoadedApp): Promise<void>;
}

/** @param adminUrl address of an administrator, in a new database */
export async function roleDatabase(adminUrl: string, app: LoadedApp): Promise<RoleDatabase> {
  const prefix = `t${randomBytes(4).toString('hex')}`;
  const roles = loginRoles(tablesOf(app));
  const passwords = new Map(
    [OWNER, ...roles].map((role) => [role, randomBytes(32).toString('hex')] as const),
  );
  await applySql(
    adminUrl,
    rolesSql({ prefix, roles }, (role) => `'${passwords.get(role) ?? ''}'`),
  );
  const urlOf = (role: string) => {
    const url = new URL(adminUrl);
    url.username = roleName(prefix, role);
    url.password = passwords.get(role) ?? '';
    return url.href;
  };
  const provision = async (of = app) => {
    await migrate(urlOf(OWNER), migrationsOf(of), silentLog);
    await grantRights(urlOf(OWNER), { prefix, tables: tablesOf(of), log: silentLog });
  };
  await provision();
  return { prefix, roles: [OWNER, ...roles], urlOf, provision };
}
