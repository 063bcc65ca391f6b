import path from 'node:path';
import type { MigrationSet } from '../src/adapters/postgres';
import { effectMigrations } from '../src/effects';

/** What the database of this deployment consists of: the engine's tables, then each domain's. */
export const migrations: readonly MigrationSet[] = [
  effectMigrations,
  { name: 'shop', folder: path.join(__dirname, '../activities/shop/migrations') },
];
