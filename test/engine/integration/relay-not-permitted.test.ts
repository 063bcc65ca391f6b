// Rows that cannot be published keep nobody out, however many there are and however old they are.
import type { NatsConnection } from 'nats';
import type { Publish } from '../../../src/adapters/nats';
import {
  connectNats,
  createPublisher,
  natsIsUp,
  NotPublishedError,
  provisionStreams,
} from '../../../src/adapters/nats';
import { connectDatabase, openSession } from '../../../src/adapters/postgres';
import { OUTBOX_CHANNEL } from '../../../src/effects';
import { listOutbox, startRelay } from '../../../src/relay';
import type { TestDatabase } from '../../support/database';
import { createTestDatabase } from '../../support/database';
import { silentLog } from '../../support/log';
import type { ConfiguredNats } from '../../support/nats-server';
import { startConfiguredNats } from '../../support/nats-server';
import { waitUntil, writeEvents } from '../../support/relay-under-test';

/** As many as the relay reads at once. */
const ROWS = 200;
/** A second on a free machine. Without a rest of those that fail, the others would wait for ever. */
const WITHIN_MS = 10_000;

jest.setTimeout(30_000);

let server: ConfiguredNats;
let owner: NatsConnection;
let restricted: NatsConnection;
let db: TestDatabase;
let stop: () => Promise<void>;

beforeAll(async () => {
  server = await startConfiguredNats(
    (storeDir) => `jetstream: { store_dir: ${storeDir} }
      accounts: { SAGALINE: { jetstream: enabled, users: [
        { user: owner, password: owner },
        { user: relay, password: relay, permissions: { publish: { deny: ["evt.payments.>"] } } } ] } }`,
  );
  const open = (user: string) => connectNats({ url: server.urlOf(user), name: user, log: silentLog });
  [owner, restricted] = await Promise.all([open('owner'), open('relay')]);
  await provisionStreams(owner, { replicas: 1, maxBytes: 64 * 1024 * 1024 });
});
afterAll(async () => {
  await Promise.all([owner.close(), restricted.close()]);
  await server.stop();
});

beforeEach(async () => {
  db = await createTestDatabase();
});
afterEach(async () => {
  await stop();
  await db.end();
});

function start(publish: Publish): void {
  const database = connectDatabase({ url: db.url, poolSize: 2, name: 'relay', log: silentLog });
  const relay = startRelay({
    database,
    openSession: () => openSession({ url: db.url, name: 'relay' }),
    channel: OUTBOX_CHANNEL,
    publish,
    reachable: () => natsIsUp(restricted),
    metrics: { published: () => undefined, setAside: () => undefined },
    housekeeping: () => Promise.resolve(),
    log: silentLog,
  });
  stop = async () => {
    await relay.stop();
    await database.end();
  };
}

/** Rows of as many entities, as anybody with the rights of a worker can write them. */
async function writeRows(subject: string): Promise<void> {
  await db.database.query(
    `insert into sagaline.outbox (entity, event_id, source, subject, body)
     select 'x-' || n, 'x-' || n, '/x', $1 || n, '{}' from generate_series(1, ${ROWS}) as n`,
    [subject],
  );
}

async function isPublished(id: string): Promise<boolean> {
  const row = 'select from sagaline.outbox where event_id = $1 and published_at is not null';
  return (await db.database.query(row, [id])).length === 1;
}

test('rows that NATS does not permit are set aside at once, and the events behind them go out', async () => {
  await writeRows('evt.payments.authorized.v1.x');
  const [honest = ''] = await writeEvents(db.database, 1);
  start(createPublisher(restricted.jetstream()));
  await waitUntil(() => isPublished(honest), WITHIN_MS);
  const { items } = await listOutbox(db.database, { limit: ROWS + 1 });
  expect(items).toHaveLength(ROWS);
  expect(new Set(items.map(({ state }) => state))).toEqual(new Set(['set-aside']));
  expect(items[0]?.failure).toMatch(/not-permitted.*Permissions Violation/s);
});

test('rows that fail again and again rest, and the events behind them go out', async () => {
  const publish = createPublisher(restricted.jetstream());
  start((message) =>
    message.source === '/x'
      ? Promise.reject(new NotPublishedError(message.subject, 'no-stream', {}))
      : publish(message),
  );
  await writeRows('evt.nobody.takes-it.v1.x');
  const [before = ''] = await writeEvents(db.database, 1);
  await waitUntil(() => isPublished(before), WITHIN_MS);
  // One that comes later does not wait for the next attempt of the others.
  const [later = ''] = await writeEvents(db.database, 1);
  await waitUntil(() => isPublished(later), WITHIN_MS);
  expect((await listOutbox(db.database, { limit: ROWS + 1 })).items).toHaveLength(ROWS);
});
