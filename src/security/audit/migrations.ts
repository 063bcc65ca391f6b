import path from 'node:path';
import type { MigrationSet } from '../../adapters/postgres';

/** The table of the audit, with its triggers. */
export const auditMigrations: MigrationSet = { name: 'audit', folder: path.join(__dirname, 'migrations') };
