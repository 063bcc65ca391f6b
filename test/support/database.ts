import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import type { Database } from '../../src/adapters/postgres';
import { connectDatabase } from '../../src/adapters/postgres';
import { silentLog } from './log';
import { prepared, TEMPLATE } from './setup/handover';

export interface TestDatabase {
  readonly url: string;
  readonly database: Database;
  end(): Promise<void>;
}

/** A migrated database for one test file, copied from the template that the global set-up has made. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { databaseUrl } = prepared('servers');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdministrator(databaseUrl, `create database ${name} template ${TEMPLATE}`);
  const url = databaseUrl.replace(/\/[^/]*$/, `/${name}`);
  const database = connectDatabase({ url, poolSize: 10, name: 'test', log: silentLog });
  return { url, database, end: () => database.end() };
}

async function asAdministrator(databaseUrl: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl.replace(/\/[^/]*$/, '/postgres') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
