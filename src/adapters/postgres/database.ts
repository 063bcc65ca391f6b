import type { PoolClient, QueryResult } from 'pg';
import { Pool } from 'pg';
import type { Log } from '../../contracts';
import type { DatabaseAddress } from './address';
import { connectionTo } from './connection';
import { leavesThePool, ReadOnlyError } from './session-errors';

/** Statements that run together or not at all. */
export interface Transaction {
  /** `Row` is a plain object type, so that users of these declarations need no `@types/pg`. */
  query<Row extends object = Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
  ): Promise<Row[]>;
}

/** A pool of connections to PostgreSQL. */
export interface Database extends Transaction {
  /** Commits when `work` resolves, rolls back when it rejects. Read committed, PostgreSQL's default. */
  transaction<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result>;
  end(): Promise<void>;
}

/** A server that does not accept the connection within this time counts as away; the activity is retried. */
const CONNECT_MS = 3_000;
/**
 * Our statements take less than a tenth of this. A statement that waits longer for a lock is cancelled and tried
 * again.
 */
const STATEMENT_MS = 10_000;
/**
 * Longer than `STATEMENT_MS`, so that the server cancels a statement first. A server that is silent for longer is
 * gone, and so is its connection.
 */
const ANSWER_MS = 12_000;
/** A client that dies between two statements must not keep its locks. */
const IDLE_IN_TRANSACTION_MS = 15_000;

/**
 * The limits are set for the transaction, not for the session: PgBouncer refuses them as start-up parameters, and in
 * transaction mode a setting of the session would reach other clients. All of this takes one round trip.
 */
const BEGIN =
  `begin; set local statement_timeout = ${STATEMENT_MS}; ` +
  `set local idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS}`;

/**
 * Opens a pool of connections. It works through a transaction pooler: every statement runs in a transaction, and
 * nothing is kept in a session.
 *
 * A connection that turns out to be read-only, or whose server is shutting down, leaves the pool at once, together
 * with all connections that were opened before. The next attempt opens new connections, which reach the new primary.
 *
 * @throws InvalidConfigError if the address cannot work
 */
export function connectDatabase(options: {
  url: DatabaseAddress;
  poolSize: number;
  name: string;
  log: Log;
}): Database {
  const { log } = options;
  const pool = new Pool({
    ...connectionTo(options.url),
    max: options.poolSize,
    application_name: options.name,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: ANSWER_MS,
    keepAlive: true,
  });
  // Without a listener a broken connection would end the process: the pool itself listens to idle connections only.
  const broke = (error: Error) => log.warn({ err: error }, 'a PostgreSQL connection broke');
  pool.on('error', broke);
  const openedAt = new WeakMap<PoolClient, number>();
  pool.on('connect', (client) => openedAt.set(client, performance.now()));
  let staleBefore = 0;

  /** Takes a connection that was opened after the last fail-over. */
  async function checkOut(): Promise<PoolClient> {
    for (;;) {
      const client = await pool.connect();
      if ((openedAt.get(client) ?? 0) >= staleBefore) return client;
      client.release(true);
    }
  }

  async function transaction<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    const client = await checkOut();
    client.on('error', broke);
    let unusable: Error | undefined;
    try {
      return await within(client, work);
    } catch (error) {
      if (leavesThePool(error)) {
        unusable = error;
        if ((openedAt.get(client) ?? 0) >= staleBefore) {
          staleBefore = performance.now();
          log.warn({ err: error }, 'PostgreSQL takes no work on this connection; opening new ones');
        }
      } else unusable = await rollback(client);
      throw error;
    } finally {
      client.off('error', broke);
      // The pool discards an unusable connection, which may be in the middle of a statement.
      client.release(unusable);
    }
  }

  return {
    query: (text, values) => transaction((tx) => tx.query(text, values)),
    transaction,
    end: () => pool.end(),
  };
}

async function rowsOf<Row extends object>(result: Promise<QueryResult>): Promise<Row[]> {
  return (await result).rows as Row[];
}

async function within<Result>(
  client: PoolClient,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  await client.query(BEGIN);
  const result = await work({
    query: (text, values) => rowsOf(client.query(text, values && [...values])),
  });
  await client.query('commit');
  return result;
}

/**
 * Rolls back.
 *
 * @returns the error that makes the connection unusable, if any
 */
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

/** Whether PostgreSQL takes writes: a standby does not, and neither does a primary that is set to read-only. */
export async function databaseIsWritable(database: Database): Promise<boolean> {
  try {
    await database.transaction(async (tx) => {
      const [row] = await tx.query<{ read_only: string }>(
        `select current_setting('transaction_read_only') as read_only`,
      );
      if (row?.read_only !== 'off') throw new ReadOnlyError();
    });
    return true;
  } catch {
    return false;
  }
}
