import path from 'node:path';
import type { MigrationSet } from '../adapters/postgres';

/** The tables of effects, applied events and the outbox. */
export const effectMigrations: MigrationSet = { name: 'effects', folder: path.join(__dirname, 'migrations') };
