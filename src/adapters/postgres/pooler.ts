import { Client } from 'pg';
import type { DatabaseAddress } from './address';
import { connectionTo } from './connection';

/** Thrown when a transaction pooler is in between, because locks would protect nothing. */
export class TransactionPoolerError extends Error {
  override readonly name = 'TransactionPoolerError';
  constructor() {
    super(
      'a transaction pooler (PgBouncer) is between us and PostgreSQL: a lock or a LISTEN would be lost with the transaction. ' +
        'Set DATABASE_DIRECT_URL to the address of PostgreSQL itself, or of a pool in session mode.',
    );
  }
}

/**
 * Tries to detect a pooler, because its other clients may come between the two connections. A pool in session mode
 * never shares a process.
 */
const TRIES = 3;

/**
 * Throws if the connection goes through a transaction pooler. A pooler invents the process id that it sends at the
 * start of a connection. If a second connection then gets the server process of the first one, the pooler shares
 * processes between transactions. A pool with much traffic may stay undetected; a direct connection or a pool in
 * session mode is never refused.
 *
 * @param client connected, and not in a transaction
 * @throws TransactionPoolerError
 */
export async function refuseTransactionPooler(client: Client, url: DatabaseAddress): Promise<void> {
  if ((await backendOf(client)) === toldAtStart(client)) return;
  const second = new Client({ ...connectionTo(url), connectionTimeoutMillis: CONNECT_MS });
  second.on('error', () => undefined);
  await second.connect();
  try {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const first = await backendOf(client);
      if ((await backendOf(second)) === first) throw new TransactionPoolerError();
    }
  } finally {
    await second.end();
  }
}

const CONNECT_MS = 3_000;

async function backendOf(client: Client): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid;
}

/** The process id from the start of the connection. The client keeps it for cancel requests; its types do not have it. */
function toldAtStart(client: Client): unknown {
  return 'processID' in client ? client.processID : undefined;
}
