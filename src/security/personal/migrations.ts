import path from 'node:path';
import type { MigrationSet } from '../../adapters/postgres';

/** The tables of data keys. */
export const personalDataMigrations: MigrationSet = {
  name: 'personal_data',
  folder: path.join(__dirname, 'migrations'),
};
