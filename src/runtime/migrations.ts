import path from 'node:path';
import type { MigrationSet, ProjectTables } from '../adapters/postgres';
import { effectMigrations } from '../effects';
import { auditMigrations } from '../security/audit/migrations';
import { personalDataMigrations } from '../security/personal';
import type { LoadedApp } from './app';

/** The migrations of a deployment's database: the engine's tables, then those of its domains. */
export function migrationsOf({
  root,
  migrations = {},
}: Pick<LoadedApp, 'root' | 'migrations'>): readonly MigrationSet[] {
  const sets = Object.entries(migrations).map(([name, folder]) => ({
    name,
    folder: path.resolve(root, folder),
  }));
  return [effectMigrations, auditMigrations, personalDataMigrations, ...sets];
}

/** What the rights of a deployment's roles depend on. */
export function tablesOf({
  pools,
  databaseAccess = {},
}: Pick<LoadedApp, 'pools' | 'databaseAccess'>): ProjectTables {
  return { pools: Object.keys(pools), access: databaseAccess };
}
