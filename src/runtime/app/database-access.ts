import { OTHER_ROLES, workerRole } from '../../adapters/postgres/access/rights';
import type { LoadedApp } from '.';

/** A schema or `schema.table`, in the letters that PostgreSQL takes without quotes. */
const ENTRY = /^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/;
/** The engine's own tables: src/adapters/postgres/access/rights.ts. */
const ENGINE = /^(sagaline|pg_\w*|information_schema)(\.|$)/;

/** Rights for roles that are not there, and on tables that are not the project's. */
export function databaseAccessProblems({
  pools,
  databaseAccess = {},
}: Pick<LoadedApp, 'pools' | 'databaseAccess'>): string[] {
  const roles: readonly string[] = [...OTHER_ROLES, ...Object.keys(pools).map(workerRole)];
  return Object.entries(databaseAccess).flatMap(([entry, rights]) => [
    ...(ENTRY.test(entry) ? [] : [`databaseAccess: "${entry}" must be a schema, or a table as schema.table`]),
    ...(ENGINE.test(entry) ? [`databaseAccess: "${entry}" is not the project's; remove it`] : []),
    ...Object.keys(rights)
      .filter((role) => !roles.includes(role))
      .map((role) => `databaseAccess: "${entry}" names "${role}"; roles are ${roles.join(', ')}`),
  ]);
}
