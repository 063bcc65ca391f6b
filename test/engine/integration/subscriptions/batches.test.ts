// Batch subscriptions on real servers: each event once, through the end of a member at each moment.
import type { JetStreamManager } from 'nats';
import { deferred } from '../../../../src/async';
import type { Publish } from '../../../../src/adapters/nats';
import { createPublisher, EVENTS_STREAM, readLag } from '../../../../src/adapters/nats';
import type { Database } from '../../../../src/adapters/postgres';
import { connectDatabase } from '../../../../src/adapters/postgres';
import type { BatchSubscription } from '../../../../src/contracts';
import { createCatalogue, defineSubscription, RefusalError } from '../../../../src/contracts';
import { redriveDeadLetter } from '../../../../src/dead-letters';
import { subscribe } from '../../../../src/subscriptions';
import { deadLettersIn } from '../../../support/bridge';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';
import { deadLetterTools } from '../../../support/dead-letters';
import { silentLog } from '../../../support/log';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { pinged, pingDomain, ponged } from '../../../support/ping/domain';
import { newKey, pingEvent, pingV1Event } from '../../../support/ping/events';
import { startMember } from '../../../support/subscriptions';
import { until as untilWithin } from '../../../support/until';

jest.setTimeout(150_000);
/** What a killed member had comes again after `ack_wait`, 10 s; the rest is the machine's. */
const WITHIN_MS = 60_000;

const until = <Value>(what: string, ask: () => Value | Promise<Value>) => untilWithin(what, ask, WITHIN_MS);

let nats: TestNats;
let db: TestDatabase;
let manager: JetStreamManager;
let publish: Publish;

beforeAll(async () => {
  [nats, db] = await Promise.all([startTestNats(), createTestDatabase()]);
  manager = await nats.connection.jetstreamManager();
  publish = createPublisher(nats.connection.jetstream());
  await db.database.query(
    'create table public.applied (id serial, subscription text, by text, key text, sequence bigint, note text)',
  );
});
afterAll(async () => {
  await nats.stop();
  await db.end();
});
/** An empty stream, whose sequences go on. */
beforeEach(() => manager.streams.purge(EVENTS_STREAM));

function batches(name: string, size = 20): BatchSubscription<typeof pinged | typeof ponged> {
  return defineSubscription({
    ...{ name, mode: 'shared', batch: { size, withinMs: 50 }, events: [pinged, ponged] },
  });
}

/** A member that writes what it applies. `before` runs in the transaction, before it has written anything. */
function start(
  by: string,
  subscription: ReturnType<typeof batches>,
  {
    before = () => undefined,
    database = db.database,
  }: { before?: (notes: readonly string[]) => Promise<void> | void; database?: Database } = {},
) {
  return startMember({
    ...{ url: nats.url, member: by, database },
    subscribed: subscribe(subscription, {
      handle: async (events, transaction, positions) => {
        const notes = events.map(({ data }) => data.note ?? '');
        await before(notes);
        await transaction.query(
          `insert into public.applied (subscription, by, key, sequence, note)
           select $1, $2, * from unnest($3::text[], $4::bigint[], $5::text[])`,
          [
            subscription.name,
            by,
            events.map(({ key }) => key),
            positions.map((each) => each.sequence),
            notes,
          ],
        );
      },
    }),
  });
}

interface Applied {
  readonly by: string;
  readonly key: string;
  readonly sequence: number;
  readonly note: string;
}

function appliedBy({ name }: { readonly name: string }): Promise<Applied[]> {
  return db.database.query<{ by: string; key: string; sequence: number; note: string }>(
    'select by, key, sequence::int, note from public.applied where subscription = $1 order by id',
    [name],
  );
}

async function publishPings(keys: readonly string[], rounds: number, when = 'early'): Promise<string[]> {
  const notes: string[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const key of keys) {
      const note = `${key}/${when}/${round}`;
      await publish(pingEvent(key, { note }));
      notes.push(note);
    }
  }
  return notes;
}

function expectEachOnceInOrder(applied: readonly Applied[], notes: readonly string[]): void {
  expect(applied.map(({ note }) => note).sort()).toEqual([...notes].sort());
  const last = new Map<string, number>();
  for (const { key, sequence } of applied) {
    expect(sequence).toBeGreaterThan(last.get(key) ?? 0);
    last.set(key, sequence);
  }
}

/** Ends the leases of a member, so that the test need not wait for them. */
async function expire({ name }: { readonly name: string }, member: string): Promise<void> {
  await db.database.query(
    `update sagaline.subscription_lanes set held_until = now() - interval '1 second'
      where subscription = $1 and holder = $2`,
    [name, member],
  );
  await db.database.query(
    'delete from sagaline.subscription_members where subscription = $1 and member = $2',
    [name, member],
  );
}

test('two members share the lanes; each event is applied once, in the order of its key; then one stops', async () => {
  const subscription = batches('shared');
  const members = await Promise.all(['one', 'other'].map((by) => start(by, subscription)));
  await until('both have lanes', async () => {
    const rows = await db.database.query(
      'select distinct holder from sagaline.subscription_lanes where subscription = $1 and holder is not null',
      ['shared'],
    );
    return rows.length === 2 && members.every(({ running }) => running.consumes());
  });
  const keys = Array.from({ length: 60 }, newKey);
  const notes = await publishPings(keys, 3);
  await until('all applied', async () => (await appliedBy(subscription)).length >= notes.length);
  expectEachOnceInOrder(await appliedBy(subscription), notes);
  expect(new Set((await appliedBy(subscription)).map(({ by }) => by))).toEqual(new Set(['one', 'other']));

  await members[0]?.stop();
  const more = await publishPings(keys, 1, 'more');
  await until('the other has the rest', async () => {
    return (await appliedBy(subscription)).length >= notes.length + more.length;
  });
  expect(await appliedBy(subscription)).toHaveLength(notes.length + more.length);
  const lags = await readLag(nats.connection, { name: 'batch-shared', batch: subscription.batch });
  expect(lags).toHaveLength(8);
  await until('all acknowledged', async () =>
    (await readLag(nats.connection, { name: 'batch-shared', batch: subscription.batch })).every(
      ({ lag }) => lag === 0,
    ),
  );
  await members[1]?.stop();
});

test('a member that ends before the commit, or between commit and acknowledgement, loses and doubles nothing', async () => {
  const keys = Array.from({ length: 60 }, newKey);
  const early = await publishPings(keys, 3);
  const late = deferred<readonly string[]>();
  let killedSoFar = 0;
  const cases = (['before-commit', 'after-commit'] as const).map(async (moment) => {
    const subscription = batches(moment);
    const own = connectDatabase({ url: db.url, poolSize: 20, name: moment, log: silentLog });
    let calls = 0;
    const state = { isKilled: false };
    const never = new Promise<never>(() => undefined);
    let reached: () => void = () => undefined;
    const isThere = new Promise<void>((resolve) => (reached = resolve));
    const database: Database = {
      ...own,
      query: (text, values) => database.transaction((tx) => tx.query(text, values)),
      // What comes behind the second commit of a batch does not happen any more.
      transaction: async (work) => {
        if (state.isKilled) return never;
        const statements: string[] = [];
        const result = await own.transaction((tx) =>
          work({
            query: (text, values) => {
              if (state.isKilled) return never;
              statements.push(text);
              return tx.query(text, values);
            },
          }),
        );
        const wrote = statements.some((text) => text.includes('public.applied'));
        if (moment === 'after-commit' && wrote && ++calls >= 2) {
          reached();
          return never;
        }
        return result;
      },
    };
    const killed = await start('killed', subscription, {
      database,
      before: () => {
        if (moment === 'after-commit' || ++calls < 2) return undefined;
        reached();
        return never;
      },
    });
    await isThere;
    state.isKilled = true;
    // As by a SIGKILL: neither acknowledged nor given back. The server ends the open transactions.
    await killed.connection.close();
    await db.database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = $1 and datname = current_database()`,
      [moment],
    );
    await expire(subscription, 'killed');
    // The server hands these out before what the killed members had.
    if (++killedSoFar === 2) late.resolve(await publishPings(keys, 1, 'late'));
    const notes = [...early, ...(await late.promise)];
    const surviving = await start('surviving', subscription);
    await until('all applied', async () => (await appliedBy(subscription)).length >= notes.length);
    const applied = await appliedBy(subscription);
    expectEachOnceInOrder(applied, notes);
    expect(new Set(applied.map(({ by }) => by))).toEqual(new Set(['killed', 'surviving']));
    await surviving.stop();
    // One of its connections is in use for ever.
    void own.end();
  });
  await Promise.all(cases);
});

test('one bad event is a dead letter, and its redrive is applied once', async () => {
  const subscription = batches('poisoned', 100);
  const domain = { ...pingDomain, subscriptions: [subscription] };
  const keys = Array.from({ length: 100 }, newKey);
  const bad = `${keys[50]}/early/0`;
  let refuses = true;
  const notes = await publishPings(keys, 1);
  await publish(pingV1Event(newKey()));
  const member = await start('one', subscription, {
    before: (given) => {
      if (refuses && given.includes(bad)) throw new RefusalError('not-yet', 'a reading of an unknown device');
    },
  });
  const deadLetter = await until('a dead letter', async () =>
    (await deadLettersIn(nats.connection)).find(({ subject }) => subject.endsWith(String(keys[50]))),
  );
  expect(deadLetter).toMatchObject({
    reason: 'refused-by-subscription',
    detail: 'not-yet: a reading of an unknown device',
    route: 'subscription:poisoned',
  });
  await until('the others', async () => (await appliedBy(subscription)).length >= 100);
  expect((await appliedBy(subscription)).some(({ note }) => note === bad)).toBe(false);

  refuses = false;
  const tools = await deadLetterTools(nats.connection, { catalogue: createCatalogue([domain]) });
  const { sequence } = await until('its number', () => tools.deadLetters.last(deadLetter.subject));
  await redriveDeadLetter(tools, sequence, { by: 'tester' });
  await until('applied', async () => (await appliedBy(subscription)).length >= 101);
  // The event of the older version has no note.
  expect((await appliedBy(subscription)).map(({ note }) => note).sort()).toEqual([...notes, ''].sort());
  await member.stop();
});

test('while the handler fails, at most two batches of a lane are in memory, and nothing is lost', async () => {
  const subscription = batches('slow', 10);
  const notes = await publishPings(Array.from({ length: 300 }, newKey), 2);
  let isAway = true;
  const member = await start('one', subscription, {
    before: () => {
      if (isAway) throw new Error('the database is away');
    },
  });
  const pendings = async () =>
    (await readLag(nats.connection, { name: 'batch-slow', batch: subscription.batch })).map(
      ({ inFlight }) => inFlight,
    );
  await until(
    'the lanes are full',
    async () => (await pendings()).filter((count) => count === 20).length === 8,
  );
  await until('a batch is held', () => member.held.length > 0);
  isAway = false;
  await until('all applied', async () => (await appliedBy(subscription)).length >= notes.length);
  expectEachOnceInOrder(await appliedBy(subscription), notes);
  await member.stop();
});

test('a new subscription begins where the stream begins, which has removed its first events', async () => {
  await publishPings([newKey()], 20);
  await manager.streams.purge(EVENTS_STREAM);
  const subscription = batches('later');
  const notes = await publishPings(Array.from({ length: 20 }, newKey), 1);
  const member = await start('one', subscription);
  await until('all applied', async () => (await appliedBy(subscription)).length >= notes.length);
  expectEachOnceInOrder(await appliedBy(subscription), notes);
  await member.stop();
});

test('a database that is older than the consumers is refused with the remedy, and applies nothing out of turn', async () => {
  const subscription = batches('restored');
  const notes = await publishPings(Array.from({ length: 20 }, newKey), 1);
  const before = await start('before', subscription);
  await until('all applied', async () => (await appliedBy(subscription)).length >= notes.length);
  await until('all acknowledged', async () =>
    (await readLag(nats.connection, { name: 'batch-restored', batch: subscription.batch })).every(
      ({ lag }) => lag === 0,
    ),
  );
  await before.stop();
  await db.database.query('update sagaline.subscription_lanes set sequence = 0 where subscription = $1', [
    'restored',
  ]);
  const after = await start('after', subscription);
  const refused = await until('it says so', () =>
    after.log.lines
      .map(({ fields }) => String((fields as { readonly err?: Error }).err?.message))
      .find((text) => text.includes('delete the consumer and run "sagaline provision"')),
  );
  expect(refused).toContain('batch-restored-');
  expect(after.running.consumes()).toBe(false);
  expect(await appliedBy(subscription)).toHaveLength(notes.length);
  await after.stop();
});
