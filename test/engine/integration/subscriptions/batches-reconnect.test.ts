// A batch subscription whose server or database goes away for a while: it goes on where it was, and hands lanes over meanwhile.
import { connectNats, createPublisher, provisionStreams } from '../../../../src/adapters/nats';
import type { Database } from '../../../../src/adapters/postgres';
import { defineSubscription } from '../../../../src/contracts';
import { subscribe } from '../../../../src/subscriptions';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';
import { silentLog } from '../../../support/log';
import { pinged } from '../../../support/ping/domain';
import { newKey, pingEvent } from '../../../support/ping/events';
import type { RestartableNats } from '../../../support/restartable-nats';
import { startRestartableNats } from '../../../support/restartable-nats';
import { startMember } from '../../../support/subscriptions';
import { until as untilWithin } from '../../../support/until';

jest.setTimeout(120_000);
/** A lease and `ack_wait` take ten seconds each. A member that keeps what it cannot apply delays the others by more. */
const WITHIN_MS = 30_000;
const until = <Value>(what: string, ask: () => Value | Promise<Value>) => untilWithin(what, ask, WITHIN_MS);

let nats: RestartableNats;
let db: TestDatabase;

beforeAll(async () => {
  [nats, db] = await Promise.all([startRestartableNats(), createTestDatabase()]);
  await db.database.query('create table public.applied (subscription text, by text, note text)');
});
afterAll(async () => {
  await nats.stop();
  await db.end();
});

async function publishPings(count: number, when: string): Promise<string[]> {
  const connection = await connectNats({ url: nats.url, name: 'publisher', log: silentLog });
  await provisionStreams(connection, { replicas: 1, maxBytes: 64 * 1024 * 1024 });
  const publish = createPublisher(connection.jetstream());
  const notes = Array.from({ length: count }, (_, number) => `${when}/${number}`);
  for (const note of notes) await publish(pingEvent(newKey(), { note }));
  await connection.close();
  return notes;
}

function start(name: string, by: string, database: Database = db.database) {
  const subscription = defineSubscription({
    ...{ name, mode: 'shared', batch: { size: 500, withinMs: 50 }, events: [pinged] },
  });
  return startMember({
    ...{ url: nats.url, member: by, database },
    subscribed: subscribe(subscription, {
      handle: async (events, transaction) => {
        await transaction.query(
          'insert into public.applied (subscription, by, note) select $1, $2, unnest($3::text[])',
          [name, by, events.map(({ data }) => data.note ?? '')],
        );
      },
    }),
  });
}

async function appliedOf(name: string): Promise<{ by: string; note: string }[]> {
  return db.database.query<{ by: string; note: string }>(
    'select by, note from public.applied where subscription = $1',
    [name],
  );
}

test('after a kill of the server each event is applied, once', async () => {
  const early = await publishPings(40, 'early');
  const member = await start('killed-server', 'one');
  await until('the early ones', async () => (await appliedOf('killed-server')).length >= early.length);
  await nats.kill();
  await nats.start();
  const late = await publishPings(40, 'late');
  const all = [...early, ...late];
  await until('the late ones', async () => (await appliedOf('killed-server')).length >= all.length);
  expect((await appliedOf('killed-server')).map(({ note }) => note).sort()).toEqual([...all].sort());
  expect(member.log.lines.map(({ message }) => message)).toContain('a lane is not being read');
  await member.stop();
});

test('a member that is cut off from the database leaves all events to the others', async () => {
  const before = await publishPings(10, 'before');
  const cut = { isOff: false };
  const away = () => Promise.reject(new Error('the database cannot be reached'));
  const database: Database = {
    ...db.database,
    query: (text, values) => (cut.isOff ? away() : db.database.query(text, values)),
    transaction: (work) => (cut.isOff ? away() : db.database.transaction(work)),
  };
  const first = await start('cut-off', 'first', database);
  await until('the first has begun', async () =>
    (await appliedOf('cut-off')).some(({ note }) => before.includes(note)),
  );
  cut.isOff = true;
  const second = await start('cut-off', 'second');
  const known = new Set((await appliedOf('cut-off')).map(({ note }) => note));
  const after = await publishPings(60, 'after');
  await until('the second has the rest', async () => {
    const notes = new Set((await appliedOf('cut-off')).map(({ note }) => note));
    return [...known, ...after].every((note) => notes.has(note));
  });
  const applied = await appliedOf('cut-off');
  expect(applied).toHaveLength(new Set(applied.map(({ note }) => note)).size);
  await Promise.all([first.stop(), second.stop()]);
});
