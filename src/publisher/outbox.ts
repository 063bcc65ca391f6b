import type { Database } from '../adapters/postgres';
import { connectDatabase, openSession } from '../adapters/postgres';
import type * as migrating from '../adapters/postgres/migrate';
import type { EventContract, Log } from '../contracts';
import { encodeEvent } from '../contracts';
import { effectMigrations } from '../effects/migrations';
import type { Statements } from '../effects/outbox';
import { insertIntoOutbox, OUTBOX_CHANNEL } from '../effects/outbox';
import type { Relay } from '../relay';
import { forgetPublished, housekeeping, startRelay } from '../relay';
import type { EventOptions, Target } from './publisher';
import { checkedSource, checkNoPersonalFields, checkOrigin, silent, transportTo } from './publisher';
import type { Signing } from './signing';

/** One connection for each lane, and one for housekeeping; the lock has a connection of its own. */
const POOL_SIZE = 3;
/** Published rows are kept for people who look into a problem. */
const KEEP_PUBLISHED_MS = 7 * 24 * 60 * 60_000;

/** Options of an event that is written together with the change that it reports. */
export interface OutboxEventOptions extends EventOptions {
  readonly source: string;
  /** Unique for the source, and the same when the transaction is repeated: make it of what the event is about. */
  readonly id: string;
  /**
   * `gateway`: a relay with this target publishes the outbox, so that the gateway encrypts personal fields. Needed for
   * a contract that marks some: other relays publish what is in the outbox as it is.
   */
  readonly relayedTo?: 'gateway';
}

/**
 * Makes the tables of the outbox, in the schema `sagaline` of the producer's database. You can run it at every start,
 * in any number of processes.
 *
 * @param directUrl address of PostgreSQL itself, not of a pooler in transaction mode
 * @example
 * await provisionOutbox('postgresql://127.0.0.1:5432/sensors');
 */
export async function provisionOutbox(directUrl: string, log: Log = silent): Promise<void> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded on demand: a process that only publishes needs no migrations
  const { migrate } = require('../adapters/postgres/migrate') as typeof migrating;
  await migrate(directUrl, [effectMigrations], log);
}

/**
 * Writes an event into the outbox, in the caller's transaction: the event is published if and only if the transaction
 * commits. Events of one correlation key are published in the order in which their transactions commit.
 *
 * @param tx a client of `pg` between `begin` and `commit`
 * @throws InvalidEventError, UnpublishableEventError; the former also for personal fields without `relayedTo`
 * @example
 * await database.transaction(async (tx) => {
 *   await tx.query('insert into readings (device_id) values ($1)', ['dev-1']);
 *   await writeToOutbox(tx, alertRaised, { deviceId: 'dev-1' }, { source: '/sensors', id: 'raised:dev-1' });
 * });
 */
export async function writeToOutbox<Data>(
  tx: Statements,
  contract: EventContract<string, Data>,
  data: NoInfer<Data>,
  { source, id, time = new Date().toISOString(), causationId, traceparent, relayedTo }: OutboxEventOptions,
): Promise<void> {
  checkOrigin(contract, source);
  if (relayedTo !== 'gateway') checkNoPersonalFields(contract);
  const event = encodeEvent(
    { contract, id, time, data },
    { source: checkedSource(source), causationId, traceparent },
  );
  await insertIntoOutbox(tx, { entity: `${source} ${contract.key(data)}`, ...event });
}

/** Options of a producer's own relay. */
export interface OutboxRelayOptions {
  /** Address of the producer's database. */
  readonly database: string;
  /**
   * Address of the same database without a pooler in transaction mode, because the lock needs a session. Default:
   * `database`.
   */
  readonly directDatabase?: string;
  readonly to: Target;
  /** Signs each event, if the deployment wants signed ones. */
  readonly signing?: Signing;
  readonly log?: Log;
}

/**
 * Publishes the outbox of a producer's database until it is stopped. You can run it in every process of the producer:
 * one is active, the others stand by. The database is the producer's own: in Sagaline's, `sagaline run relay` sets the
 * events of others aside.
 *
 * @example
 * const relay = startOutboxRelay({ database: 'postgresql://127.0.0.1:5432/sensors', to: { nats: 'nats://127.0.0.1:4222' } });
 * process.once('SIGTERM', () => void relay.stop());
 */
export function startOutboxRelay({
  database: url,
  directDatabase = url,
  to,
  signing,
  log = silent,
}: OutboxRelayOptions): Relay {
  const name = 'outbox relay';
  const database: Database = connectDatabase({ url, poolSize: POOL_SIZE, name, log });
  const transport = transportTo(to, { name, log, signing });
  const relay = startRelay({
    database,
    openSession: () => openSession({ url: directDatabase, name }),
    channel: OUTBOX_CHANNEL,
    publish: transport.publish,
    reachable: transport.reachable,
    // The relay logs each row that it sets aside.
    metrics: { published: () => undefined, setAside: () => undefined },
    housekeeping: housekeeping(
      { outbox: () => forgetPublished(database, new Date(Date.now() - KEEP_PUBLISHED_MS)) },
      { log },
    ),
    log,
  });
  return {
    active: () => relay.active(),
    stop: async () => {
      await relay.stop();
      await transport.close();
      await database.end();
    },
  };
}
