// What the relay has published long ago is removed from the outbox, and nothing else.
import { openSession } from '../../../src/adapters/postgres';
import { OUTBOX_CHANNEL } from '../../../src/effects';
import { forgetPublished, housekeeping, startRelay } from '../../../src/relay';
import type { TestDatabase } from '../../support/database';
import { createTestDatabase } from '../../support/database';
import { silentLog } from '../../support/log';
import { waitUntil, writeEvents } from '../../support/relay-under-test';

const DAY_MS = 24 * 60 * 60_000;
const WITHIN_MS = 5_000;

let db: TestDatabase;

beforeEach(async () => {
  db = await createTestDatabase();
});
afterEach(() => db.end());

const publishedDaysAgo = (days: number, ids: readonly string[]) =>
  db.database.query(
    'update sagaline.outbox set published_at = now() - make_interval(days => $1) where event_id = any($2)',
    [days, ids],
  );

async function left(): Promise<string[]> {
  const rows = await db.database.query('select event_id from sagaline.outbox order by id');
  return rows.map(({ event_id }) => String(event_id));
}

test('an active relay forgets what was published longer ago than the retention, not what still waits', async () => {
  const [old = '', young = '', older = '', waiting = ''] = await writeEvents(db.database, 4);
  await publishedDaysAgo(31, [old, older]);
  await publishedDaysAgo(29, [young]);
  const relay = startRelay({
    database: db.database,
    openSession: () => openSession({ url: db.url, name: 'forgetful' }),
    channel: OUTBOX_CHANNEL,
    // Takes nothing: what waits stays.
    publish: () => Promise.reject(new Error('not now')),
    reachable: () => Promise.resolve(true),
    metrics: { published: () => undefined, setAside: () => undefined },
    housekeeping: housekeeping(
      { outbox: () => forgetPublished(db.database, new Date(Date.now() - 30 * DAY_MS)) },
      { log: silentLog },
    ),
    log: silentLog,
  });
  try {
    await waitUntil(async () => (await left()).length === 2, WITHIN_MS);
    expect(await left()).toEqual([young, waiting]);
  } finally {
    await relay.stop();
  }
});

test('however old, what was never published stays; many rows go in portions', async () => {
  const ids = await writeEvents(db.database, 1_201);
  await publishedDaysAgo(100, ids.slice(1));
  await db.database.query("update sagaline.outbox set created_at = now() - interval '100 days'");
  expect(await forgetPublished(db.database, new Date())).toBe(true);
  expect(await left()).toHaveLength(201);
  expect(await forgetPublished(db.database, new Date())).toBe(false);
  expect(await left()).toEqual(ids.slice(0, 1));
});
