// What the relay's tests write, look at and break.
import type { Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsConnection } from 'nats';
import { EVENTS_STREAM } from '../../src/adapters/nats';
import type { Database } from '../../src/adapters/postgres';
import { writeOutbox } from '../../src/effects';
import { ownPinged } from './ping/domain';

let events = 0;

/** The kind of events that are written: those of the tests' own domain, or of a project whose relay runs. */
interface Kind {
  readonly context: string;
  readonly fact: string;
  readonly contract: Parameters<typeof writeOutbox>[1]['contract'];
  readonly dataOf: (entity: number) => object;
}
const PINGS: Kind = {
  ...{ context: 'pings', fact: 'pinged', contract: ownPinged },
  dataOf: (entity) => ({ pingId: `ping-${entity}`, urgency: 1 }),
};

/** Writes events of several entities, one after the other in turn; returns their ids. */
export async function writeEvents(
  database: Database,
  count: number,
  entities = 4,
  { context, fact, contract, dataOf }: Kind = PINGS,
): Promise<string[]> {
  const ids: string[] = [];
  await database.transaction(async (tx) => {
    for (let index = 0; index < count; index++) {
      events += 1;
      const key = `event-${events}`;
      await writeOutbox(tx, { key, context, contract, data: dataOf(index % entities) });
      ids.push(`${key}:${fact}`);
    }
  });
  return ids;
}

interface Stored {
  readonly id: string;
  readonly entity: string;
}

export async function storedEvents(connection: NatsConnection): Promise<Stored[]> {
  const manager = await connection.jetstreamManager();
  const { state } = await manager.streams.info(EVENTS_STREAM);
  const found: Stored[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
    const message = await manager.streams.getMessage(EVENTS_STREAM, { seq });
    const { id, correlationid } = message.json<{ id: string; correlationid: string }>();
    found.push({ id, entity: correlationid });
  }
  return found;
}

/** Waits until the outbox is empty, then expects each event in the stream once, in the order of its entity. */
export async function expectRelayed(of: {
  database: Database;
  connection: NatsConnection;
  ids: readonly string[];
  withinMs: number;
}): Promise<void> {
  const { database, connection, ids, withinMs } = of;
  const unpublished = 'select from sagaline.outbox where published_at is null';
  await waitUntil(async () => (await database.query(unpublished)).length === 0, withinMs);
  const found = await storedEvents(connection);
  expect(found.map(({ id }) => id).sort()).toEqual([...ids].sort());
  for (const entity of new Set(found.map((event) => event.entity))) {
    const inStream = found.filter((event) => event.entity === entity).map(({ id }) => id);
    const ofEntity = new Set(inStream);
    expect(inStream).toEqual(ids.filter((id) => ofEntity.has(id)));
  }
}

export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  withinMs: number,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms`);
    await sleep(10);
  }
}

/** Ends all PostgreSQL sessions of that name, as a failover does. */
export async function terminateSessions(database: Database, name: string): Promise<void> {
  const sessions = await database.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and datname = current_database()',
    [name],
  );
  expect(sessions.length).toBeGreaterThan(0);
}

/** A way to NATS that can be closed and opened. */
export async function startGate(url: string) {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  let isOpen = true;
  const server: Server = createServer((socket) => {
    const onward = connect(Number(port), hostname);
    for (const end of [socket, onward]) {
      sockets.add(end);
      end.on('error', () => undefined).on('close', () => [socket, onward].forEach((one) => one.destroy()));
    }
    if (isOpen) socket.pipe(onward).pipe(socket);
    else socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    isOpen = false;
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  return {
    url: `nats://127.0.0.1:${(server.address() as { port: number }).port}`,
    close,
    open: () => void (isOpen = true),
    stop: async () => {
      close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
