import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

/** One connection with a session of its own, for advisory locks and notifications; not through a transaction pooler. */
export interface Session {
  query(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  /** Calls back for each notification on the channel. */
  listen(channel: string, notified: () => void): Promise<void>;
  /** Resolves when the connection is gone, for whatever reason; its locks are gone with it. */
  readonly closed: Promise<void>;
  end(): Promise<void>;
}

const CONNECT_MS = 3_000;
/** A statement without an answer for this long means that the server is gone. */
const STATEMENT_MS = 10_000;
/** A server that is gone does not answer a farewell either. */
const FAREWELL_MS = 1_000;

export async function openSession(options: { url: string; name: string }): Promise<Session> {
  const client = new Client({
    connectionString: options.url,
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
  return {
    closed,
    query: async (text, values) =>
      (await client.query<Record<string, unknown>>(text, values && [...values])).rows,
    listen: async (channel, notified) => {
      client.on('notification', (message) => message.channel === channel && notified());
      await client.query(`listen ${client.escapeIdentifier(channel)}`);
    },
    end: () => Promise.race([client.end(), sleep(FAREWELL_MS, undefined, { ref: false })]),
  };
}
