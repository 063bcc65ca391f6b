/** PostgreSQL: transactions for effects, a session for the relay's lock. (Migrations are in `migrate.ts`, for the set-up alone.) */
export { connectDatabase, databaseIsUp, databaseIsWritable } from './database';
export type { Database, Transaction } from './database';
export type { MigrationSet } from './migrate';
export { openSession } from './session';
export type { Session } from './session';
