import path from 'node:path';
import type { MigrationSet } from '../adapters/postgres';

/** The tables of effects, applied events, the outbox and the positions of batch subscriptions. */
export const effectMigrations: MigrationSet = { name: 'effects', folder: path.join(__dirname, 'migrations') };
