import type { PoolClient, QueryResult, QueryResultRow } from 'pg';
import { Pool } from 'pg';
import type { Log } from '../../contracts';

/** Statements that run together or not at all. */
export interface Transaction {
  query<Row extends QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

export interface Database extends Transaction {
  /** Commits when `work` resolves, rolls back when it rejects. Read committed, PostgreSQL's default. */
  transaction<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result>;
  end(): Promise<void>;
}

/** A server that does not take the connection by then is away; the activity is retried. */
const CONNECT_MS = 3_000;
/** No statement of ours takes a tenth of this; a lock that is held longer is given up and tried again. */
const STATEMENT_MS = 10_000;
/** The server gives a statement up first; a server that is silent for longer is gone, and its connection with it. */
const ANSWER_MS = 12_000;
/** A client that dies between two statements must not keep its locks. */
const IDLE_IN_TRANSACTION_MS = 15_000;

export function connectDatabase(options: {
  url: string;
  poolSize: number;
  name: string;
  log: Log;
}): Database {
  const pool = new Pool({
    connectionString: options.url,
    max: options.poolSize,
    application_name: options.name,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    query_timeout: ANSWER_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    keepAlive: true,
  });
  // Without a listener a connection that breaks would end the process: the pool listens for the idle ones only.
  const broke = (error: Error) => options.log.warn({ err: error }, 'a PostgreSQL connection broke');
  pool.on('error', broke);

  return {
    query: (text, values) => rowsOf(pool.query(text, values && [...values])),
    transaction: async (work) => {
      const client = await pool.connect();
      client.on('error', broke);
      let unusable: Error | undefined;
      try {
        return await within(client, work);
      } catch (error) {
        unusable = await rollback(client);
        throw error;
      } finally {
        client.off('error', broke);
        // The connection may be in the middle of something: a broken one is thrown away by the pool.
        client.release(unusable);
      }
    },
    end: () => pool.end(),
  };
}

async function rowsOf<Row extends QueryResultRow>(result: Promise<QueryResult<Row>>): Promise<Row[]> {
  return (await result).rows;
}

async function within<Result>(
  client: PoolClient,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  await client.query('begin');
  const result = await work({
    query: (text, values) => rowsOf(client.query(text, values && [...values])),
  });
  await client.query('commit');
  return result;
}

/** @returns the error that makes the connection unusable, if there is one. */
async function rollback(client: PoolClient): Promise<Error | undefined> {
  try {
    await client.query('rollback');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Whether PostgreSQL answers at this moment. */
export async function databaseIsUp(database: Database): Promise<boolean> {
  try {
    await database.query('select 1');
    return true;
  } catch {
    return false;
  }
}
