import { Client } from 'pg';
import type { DatabaseAddress } from '../address';
import { connectionTo } from '../connection';

const CONNECT_MS = 3_000;

/** Runs SQL as an administrator: all of it, or nothing. */
export async function applySql(address: DatabaseAddress, sql: string): Promise<void> {
  const client = new Client({ ...connectionTo(address), connectionTimeoutMillis: CONNECT_MS });
  // A broken connection fails the statement; without a listener it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
