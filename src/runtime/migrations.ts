import path from 'node:path';
import type { MigrationSet } from '../adapters/postgres';
import { effectMigrations } from '../effects';
import type { LoadedApp } from './app';

/** What the database of a deployment consists of: the engine's tables, then those of its domains. */
export function migrationsOf({
  root,
  migrations = {},
}: Pick<LoadedApp, 'root' | 'migrations'>): readonly MigrationSet[] {
  const sets = Object.entries(migrations).map(([name, folder]) => ({
    name,
    folder: path.join(root, folder),
  }));
  return [effectMigrations, ...sets];
}
