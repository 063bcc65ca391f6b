// A database with a login role for each role of a project, as an administrator and `sagaline provision` make them.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { promisify } from 'node:util';
import { applySql, loginRoles, OWNER, roleName, rolesSql } from '../../src/adapters/postgres';
import type { LoadedApp } from '../../src/runtime/app';
import { tablesOf } from '../../src/runtime/migrations';
import { FROM_SOURCES } from './quick-start';

export interface RoleDatabase {
  /** How the names of the roles begin: roles belong to the server, which tests share. */
  readonly prefix: string;
  /** The roles, with the owner. */
  readonly roles: readonly string[];
  urlOf(role: string): string;
  /** Migrates and grants again, as at a deploy, with these changes of the project. */
  provision(changes?: Partial<LoadedApp>): Promise<void>;
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
  const provision = async (changes: Partial<LoadedApp> = {}) => {
    const script = path.join(__dirname, 'provision-tables.ts');
    const given = [urlOf(OWNER), prefix, app.root, JSON.stringify(changes)];
    await promisify(execFile)(process.execPath, [...FROM_SOURCES, script, ...given]);
  };
  await provision();
  return { prefix, roles: [OWNER, ...roles], urlOf, provision };
}
