import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { escapeIdentifier } from 'pg';
import type { Transaction } from './database';
import type { MigrationSet } from './migrate';

/** A set of migrations, compared with what is applied in the database. */
export interface MigrationState {
  readonly set: string;
  /** Migrations of the code that are not applied. */
  readonly pending: readonly string[];
  /** Applied migrations that the code does not have. */
  readonly unknown: readonly string[];
}

/** Compares the migrations of the code with those that the database has recorded; changes nothing. */
export async function migrationStates(
  database: Transaction,
  sets: readonly MigrationSet[],
): Promise<readonly MigrationState[]> {
  const states: MigrationState[] = [];
  for (const { name, folder } of sets) {
    const has = (await readdir(folder))
      .filter((file) => !file.startsWith('.'))
      .map(withoutExtension)
      .sort();
    const applied = await appliedIn(database, `sagaline.${escapeIdentifier(`migrations_${name}`)}`);
    states.push({
      set: name,
      pending: has.filter((migration) => !applied.includes(migration)),
      unknown: applied.filter((migration) => !has.includes(migration)),
    });
  }
  return states;
}

async function appliedIn(database: Transaction, table: string): Promise<string[]> {
  const [found] = await database.query<{ exists: boolean }>('select to_regclass($1) is not null as exists', [
    table,
  ]);
  if (found?.exists !== true) return [];
  const rows = await database.query<{ name: string }>(`select name from ${table} order by id`);
  return rows.map(({ name }) => name);
}

function withoutExtension(file: string): string {
  return path.basename(file, path.extname(file));
}
