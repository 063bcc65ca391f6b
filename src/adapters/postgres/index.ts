/**
 * PostgreSQL: transactions for effects, and a session for the relay's lock. (Migrations are in `migrate.ts`, which
 * only the set-up loads.)
 */
export { applySql } from './access/apply';
export { grantRights } from './access/grants';
export type { ProjectTables, TableAccess } from './access/rights';
export { loginRoles, longNames, OWNER, roleName, workerRole } from './access/rights';
export { passwordVariable, rolesScript, rolesSql } from './access/roles-sql';
export { SALT_BYTES, scramVerifier } from './access/scram';
export type { DatabaseAddress } from './address';
export { connectDatabase, databaseIsUp, databaseIsWritable } from './database';
export type { Database, Transaction } from './database';
export type { MigrationSet } from './migrate';
export { migrationStates } from './migration-state';
export type { MigrationState } from './migration-state';
export { openSession } from './session';
export type { Session } from './session';
