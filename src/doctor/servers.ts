import type { Client } from '@temporalio/client';
import type { Database } from '../adapters/postgres';
import type { Config } from '../config';
import { errorMessage } from '../contracts';
import type { Log } from '../contracts';
import type { App } from '../runtime/app';
import { temporalSettings } from '../runtime/settings';
import { bounded } from './bounded';
import type { ServerState } from './checks/servers';
import { hasNoDatabase, wasRefused } from './denied';
import type { Nats } from './observe/nats';
import { openNats } from './observe/nats';
import { openDatabase } from './observe/postgres';
import { openTemporal } from './observe/temporal';

/** The connections of an examination; one that is `undefined` could not be made. */
export interface Servers {
  readonly nats: Nats | undefined;
  readonly temporal: Client | undefined;
  readonly database: Database | undefined;
  readonly states: readonly ServerState[];
  close(): Promise<void>;
}

/** The slowest of the three has three seconds for its own attempt. */
const CONNECT_MS = 4_000;
/** A server that hangs must not keep the command. */
const CLOSE_MS = 500;

/** Connects to all servers at once. */
export async function openServers(
  config: Config,
  app: Pick<App, 'payloadCodecs'>,
  log: Log,
): Promise<Servers> {
  const closing: (() => Promise<unknown>)[] = [];
  const opening = async <Connection>(
    open: () => Promise<{ connection: Connection; state: ServerState['state'] }>,
  ): Promise<{ connection: Connection | undefined; state: ServerState['state'] }> => {
    try {
      return await bounded(CONNECT_MS, open());
    } catch (error) {
      const kind = wasRefused(error) ? 'refused' : 'away';
      return { connection: undefined, state: { kind, why: errorMessage(error) } };
    }
  };
  const up = { kind: 'up' } as const;
  const [nats, temporal, database] = await Promise.all([
    opening(async () => {
      const connection = await openNats(config, log);
      closing.push(() => connection.close());
      return { connection, state: up };
    }),
    opening(async () => {
      const { client, state } = await openTemporal(temporalSettings(config, app, log));
      closing.push(() => client.connection.close());
      return { connection: state.kind === 'up' ? client : undefined, state };
    }),
    isSet(config)
      ? opening(async () => {
          const connection = openDatabase(config, log);
          closing.push(() => connection.end());
          return stateOf(connection, config);
        })
      : { connection: undefined, state: { kind: 'unset' } as const },
  ]);
  const { external } = config;
  return {
    nats: nats.connection,
    temporal: temporal.connection,
    database: database.connection,
    states: [
      {
        ...{ server: 'NATS', setting: 'NATS_URL', address: withoutUser(config.NATS_URL) },
        ...{ external: external.natsUrl !== undefined, state: nats.state },
      },
      {
        ...{ server: 'Temporal', setting: 'TEMPORAL_ADDRESS', address: config.TEMPORAL_ADDRESS },
        ...{ external: external.temporalAddress !== undefined, state: temporal.state },
      },
      {
        ...{ server: 'PostgreSQL', setting: 'DATABASE_URL', address: withoutUser(config.DATABASE_OWNER_URL) },
        ...{ external: external.databaseUrl !== undefined, state: database.state },
      },
    ],
    close: async () => {
      await bounded(CLOSE_MS, Promise.allSettled(closing.map((close) => close()))).catch(() => undefined);
    },
  };
}

async function stateOf(
  connection: Database,
  { DATABASE_OWNER_URL: url }: Config,
): Promise<{ connection: Database | undefined; state: ServerState['state'] }> {
  try {
    await connection.query('select 1');
    return { connection, state: { kind: 'up' } };
  } catch (error) {
    if (!hasNoDatabase(error)) throw error;
    const name = decodeURIComponent(new URL(url).pathname.slice(1));
    return {
      connection: undefined,
      state: { kind: 'lacks', what: 'database', name, setting: 'DATABASE_URL' },
    };
  }
}

/** In production there is no default address. */
function isSet({ external, DATABASE_OWNER_URL }: Config): boolean {
  return external.databaseUrl !== undefined || !DATABASE_OWNER_URL.includes('.invalid');
}

function withoutUser(address: string): string {
  return address.replace(/\/\/[^@/]*@/g, '//');
}
