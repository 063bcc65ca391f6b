import { Client } from 'pg';

/** Thrown instead of working with locks that protect nothing. */
export class TransactionPoolerError extends Error {
  override readonly name = 'TransactionPoolerError';
  constructor() {
    super(
      'a transaction pooler (PgBouncer) is between us and PostgreSQL: a lock or a LISTEN would be lost with the transaction. ' +
        'Set DATABASE_DIRECT_URL to the address of PostgreSQL itself, or of a pool in session mode.',
    );
  }
}

/** Other clients of the pooler may come between the two connections; a pool in session mode never shares one. */
const TRIES = 3;

/**
 * A pooler makes up the process id that it tells at the start of a connection. Behind one, a second connection that gets the
 * server process of the first proves that processes are shared between transactions. A pool with much traffic may go
 * unnoticed; a direct connection or a pool in session mode is never refused.
 *
 * @param client connected, and not in a transaction
 * @throws TransactionPoolerError
 */
export async function refuseTransactionPooler(client: Client, url: string): Promise<void> {
  if ((await backendOf(client)) === toldAtStart(client)) return;
  const second = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
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

/** The client keeps it for cancel requests; its types do not have it. */
function toldAtStart(client: Client): unknown {
  return 'processID' in client ? client.processID : undefined;
}
