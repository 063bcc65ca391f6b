/**
 * PostgreSQL: transactions for effects, and a session for the relay's lock. (Migrations are in `migrate.ts`, which
 * only the set-up loads.)
 */
export type { DatabaseAddress } from './address';
export { connectDatabase, databaseIsUp, databaseIsWritable } from './database';
export type { Database, Transaction } from './database';
export type { MigrationSet } from './migrate';
export { openSession } from './session';
export type { Session } from './session';
