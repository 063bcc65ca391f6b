/** PostgreSQL: transactions for effects, a session for the relay's lock, migrations. */
export { connectDatabase, databaseIsUp } from './database';
export type { Database, Transaction } from './database';
export { migrate } from './migrate';
export type { MigrationSet } from './migrate';
export { openSession } from './session';
export type { Session } from './session';
