import path from 'node:path';
import type { MigrationSet } from '../adapters/postgres';
import { effectMigrations } from '../effects';
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
  return [effectMigrations, personalDataMigrations, ...sets];
}
