import { runner } from 'node-pg-migrate';
import { Client } from 'pg';
import type { Log } from '../../contracts';
import { errorMessage } from '../../contracts';
import type { DatabaseAddress } from './address';
import { connectionTo } from './connection';
import { refuseTransactionPooler } from './pooler';

/** A folder of migrations with its own history, so that engine and domains evolve independently. */
export interface MigrationSet {
  /** Part of the name of the table that records the applied migrations: `sagaline.migrations_<name>`. */
  readonly name: string;
  readonly folder: string;
}

const CONNECT_MS = 3_000;
/** How long to wait for another process's migration, and for locks of tables; then PostgreSQL answers 55P03. */
const LOCK_MS = 120_000;

/**
 * Brings the database up to date. If several processes do so at once, one migrates and the others wait for it.
 *
 * @param directUrl address of PostgreSQL itself, because the migration lock belongs to the session
 * @throws TransactionPoolerError
 */
export async function migrate(
  directUrl: DatabaseAddress,
  sets: readonly MigrationSet[],
  log: Log,
): Promise<void> {
  const client = new Client({ ...connectionTo(directUrl), connectionTimeoutMillis: CONNECT_MS });
  // A broken connection fails the statement; without a listener it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await refuseTransactionPooler(client, directUrl);
    await client.query(`set lock_timeout = ${LOCK_MS}`);
    for (const { name, folder } of sets) {
      const applied = await runner({
        dbClient: client,
        dir: folder,
        direction: 'up',
        migrationsSchema: 'sagaline',
        createMigrationsSchema: true,
        migrationsTable: `migrations_${name}`,
        advisoryLockMode: 'wait',
        // node-pg-migrate reports every statement; an operator needs only the applied migrations.
        log: () => undefined,
      }).catch((error: unknown) => {
        const why = errorMessage(error);
        throw new Error(`the migrations "${name}" in ${folder} fail: ${why}`, { cause: error });
      });
      if (applied.length > 0)
        log.info({ set: name, applied: applied.map((migration) => migration.name) }, 'migrated');
    }
  } finally {
    await client.end();
  }
}
