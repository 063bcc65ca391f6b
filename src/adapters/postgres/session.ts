import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { DatabaseAddress } from './address';
import { connectionTo } from './connection';
import { refuseTransactionPooler } from './pooler';

/**
 * One connection with a session of its own, for advisory locks and notifications; it must not go through a
 * transaction pooler. The session ends with its process, and within seconds if the process hangs, so that a process
 * that does no work keeps no lock.
 */
export interface Session {
  query(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  /** Calls back for each notification on the channel. */
  listen(channel: string, notified: () => void): Promise<void>;
  /** Resolves when the connection is lost for any reason; its locks are then released. */
  readonly closed: Promise<void>;
  end(): Promise<void>;
}

const CONNECT_MS = 3_000;
/** A statement without an answer for this long means that the server is gone. */
const STATEMENT_MS = 10_000;
/**
 * How often the session queries the server. PostgreSQL ends the session of a process that hangs
 * (`idle_session_timeout`, from 14 on).
 */
const SIGN_OF_LIFE_MS = 1_000;
const SILENT_MS = 3_500;
/** How long `end` waits for the server; a server that is gone never answers. */
const FAREWELL_MS = 1_000;

/**
 * Opens a session.
 *
 * @param options.url address of PostgreSQL itself, or of a pool in session mode
 * @throws TransactionPoolerError when the connection goes through a transaction pooler
 */
export async function openSession(options: { url: DatabaseAddress; name: string }): Promise<Session> {
  const client = new Client({
    ...connectionTo(options.url),
    application_name: options.name,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: STATEMENT_MS,
    keepAlive: true,
  });
  const closed = new Promise<void>((resolve) => {
    client.once('end', () => resolve());
    client.on('error', () => resolve());
  });
  await client.connect();
  await refuseTransactionPooler(client, options.url).catch(async (error: unknown) => {
    await client.end();
    throw error;
  });
  await client.query(`set idle_session_timeout = ${SILENT_MS}`);
  // A failed query ends the session; `closed` then resolves.
  const alive = setInterval(() => void client.query('select').catch(() => undefined), SIGN_OF_LIFE_MS);
  void closed.then(() => clearInterval(alive));
  return {
    closed,
    query: async (text, values) =>
      (await client.query<Record<string, unknown>>(text, values && [...values])).rows,
    listen: async (channel, notified) => {
      client.on('notification', (message) => message.channel === channel && notified());
      await client.query(`listen ${client.escapeIdentifier(channel)}`);
    },
    end: () => {
      clearInterval(alive);
      return Promise.race([client.end(), sleep(FAREWELL_MS, undefined, { ref: false })]);
    },
  };
}
