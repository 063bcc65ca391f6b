import { runner } from 'node-pg-migrate';
import type { Log } from '../../contracts';

/** A folder of migrations with a history of its own, so that engine and domains evolve independently. */
export interface MigrationSet {
  /** Part of the name of the table that remembers what has run: `sagaline.migrations_<name>`. */
  readonly name: string;
  readonly folder: string;
}

/** Brings the database up to date; safe to run from several processes at once (node-pg-migrate takes a lock). */
export async function migrate(databaseUrl: string, sets: readonly MigrationSet[], log: Log): Promise<void> {
  for (const { name, folder } of sets) {
    const applied = await runner({
      databaseUrl,
      dir: folder,
      direction: 'up',
      migrationsSchema: 'sagaline',
      createMigrationsSchema: true,
      migrationsTable: `migrations_${name}`,
      // node-pg-migrate reports every statement; what was applied is all that an operator wants to read.
      log: () => undefined,
    });
    if (applied.length > 0)
      log.info({ set: name, applied: applied.map((migration) => migration.name) }, 'migrated');
  }
}
