/** How a command reaches the servers: it waits for none, and an error says where it looked. Adapters are loaded on first use. */
import type { Client } from '@temporalio/client';
import type * as nats from '../adapters/nats';
import type { NatsRole } from '../adapters/nats';
import type { Database } from '../adapters/postgres';
import type { Config } from '../config';
import type { Log } from '../contracts';
import type { App } from '../runtime/app';
import { sayingWhere } from './database-away';
import { CliError } from './exit';
import { theNats, thePostgres, theSettings, theTemporal } from './lazy';

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const NAME = 'sagaline-cli';

export type Nats = Awaited<ReturnType<typeof nats.connectNats>>;

/**
 * @param role whose user the settings name
 * @throws CliError `nats-unavailable`, `streams-missing`
 */
export async function reachNats(
  { NATS_URL, nats: settings }: Config,
  role: NatsRole = 'operator',
): Promise<Nats> {
  const { connectNats, natsRole, streamsAreReady } = theNats();
  const connection = await connectNats({
    ...settings,
    ...natsRole(role),
    log: silent,
    orFail: true,
  }).catch(unavailable('nats-unavailable', 'NATS', NATS_URL, 'NATS_URL'));
  if (await streamsAreReady(connection)) return connection;
  await connection.close();
  throw new CliError('streams-missing', `NATS has no streams of Sagaline: "sagaline provision" makes them`);
}

/** @throws CliError `temporal-unavailable`, `temporal-refused` */
export async function reachTemporal(config: Config, project: Pick<App, 'payloadCodecs'>): Promise<Client> {
  const { createTemporalClient, reachTemporal: reach } = theTemporal();
  const settings = theSettings().temporalSettings(config, project);
  const client = createTemporalClient(settings);
  const reached = await reach(client, settings);
  if (reached.kind === 'up') return client;
  await client.connection.close();
  if (reached.kind === 'refused') throw new CliError('temporal-refused', reached.error.message);
  return unavailable('temporal-unavailable', 'Temporal', settings.address, 'TEMPORAL_ADDRESS')(undefined);
}

/** It connects with the first query, which throws a CliError `database-unavailable`. */
export function reachDatabase({ DATABASE_URL: url }: Config): Database {
  const opened = thePostgres().connectDatabase({ url, poolSize: 1, name: NAME, log: silent });
  return sayingWhere(opened, unavailable('database-unavailable', 'PostgreSQL', url, 'DATABASE_URL'));
}

function unavailable(code: string, server: string, address: string, setting: string) {
  return (cause: unknown): never => {
    const why = cause instanceof Error ? ` (${cause.message})` : '';
    const where = address.replace(/\/\/[^@/]*@/g, '//');
    throw new CliError(
      code,
      `${server} does not answer at ${where}${why}: is it running? ${setting} says where it is`,
    );
  };
}
