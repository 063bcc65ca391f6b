// The timeline of orders in PostgreSQL: written as events come, once for each, and made anew from the stream.
import { randomUUID } from 'node:crypto';
import type { Publish } from '../../../../src/adapters/nats';
import {
  createPublisher,
  createRepublisher,
  createStreamReader,
  EVENTS_STREAM,
} from '../../../../src/adapters/nats';
import type { EventContract } from '../../../../src/contracts';
import { createCatalogue, encodeEvent, sourceFor } from '../../../../src/contracts';
import { shop } from '../../../../domains/shop';
import { orderTimeline } from '../../../../domains/shop/subscriptions';
import { rebuild } from '../../../../src/subscriptions';
import { loadApp } from '../../../../src/runtime/load';
import { deadLettersIn } from '../../../support/bridge';
import type { TestCli } from '../../../support/cli';
import { testCli } from '../../../support/cli';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { inClear } from '../../../../src/security/personal';
import type { TestMember } from '../../../support/subscriptions';
import { startMember } from '../../../support/subscriptions';
import { until } from '../../../support/until';

jest.setTimeout(60_000);

const ORDERS = 8;
const { subscriptions = () => [] } = loadApp();
const catalogue = createCatalogue([shop]);
const never = new AbortController().signal;

let nats: TestNats;
let stored: TestDatabase;
let cli: TestCli;
let publish: Publish;
let member: TestMember;

beforeAll(async () => {
  [nats, stored] = await Promise.all([startTestNats(), createTestDatabase()]);
  publish = createPublisher(nats.connection.jetstream());
  cli = testCli({ NATS_URL: nats.url, DATABASE_URL: stored.url }, [shop], subscriptions);
  member = await startMember({ url: nats.url, member: 'one', subscribed: timeline(), domain: shop });
});
afterAll(async () => {
  await member.stop();
  await stored.end();
  await nats.stop();
});

function timeline() {
  const [subscribed] = subscriptions({ database: stored.database, personal: inClear });
  if (!subscribed || !('handle' in subscribed)) throw new Error('the timeline is not bound');
  return subscribed;
}

function eventOf(contract: EventContract, orderId: string) {
  const data = { ...(contract.example as object), orderId };
  const source = sourceFor(contract, '/tests');
  return encodeEvent({ contract, id: randomUUID(), time: undefined, data }, { source });
}

/** Every event of an order, in the order of the subscription, for several orders beside each other. */
async function publishOrders(prefix: string, count = ORDERS): Promise<number> {
  for (const contract of orderTimeline.events) {
    for (let n = 0; n < count; n++) await publish(eventOf(contract, `${prefix}-${n}`));
  }
  return count * orderTimeline.events.length;
}

const rows = () =>
  stored.database.query<{ order_id: string; what: string; sequence: string; source: string; id: string }>(
    'select order_id, source, id, sequence, at, type, what from orders.timeline order by sequence, id',
  );
const count = async () => (await rows()).length;

test('each event of an order is one row, in the order in which they came, also where it comes twice', async () => {
  const before = await count();
  const published = await publishOrders('plain');
  const event = eventOf(orderTimeline.events[0] as EventContract, 'twice');
  const jetstream = nats.connection.jetstream();
  const first = await publish(event);
  const again = await createRepublisher(jetstream)({ ...event, headers: {} }, randomUUID());
  const settled = () => member.settled.filter(({ outcome }) => outcome === 'handled').length;
  await until('all settled', () => settled() >= published + 2, 30_000);

  expect(again.sequence).toBeGreaterThan(first.sequence);
  expect(await count()).toBe(before + published + 1);
  const all = await rows();
  expect(all.find(({ order_id }) => order_id === 'twice')?.sequence).toBe(String(first.sequence));
  const one = all.filter(({ order_id }) => order_id === 'plain-7');
  expect(one.map(({ what }) => what).slice(-3)).toEqual([
    'Parcel SL000083 delivered',
    'Parcel SL000083 dispatched',
    'Parcel SL000083 lost',
  ]);
  expect(one).toHaveLength(orderTimeline.events.length);
});

test('a rebuild beside the running subscriber makes the same timeline, whatever stood there before', async () => {
  const { database } = stored;
  await publishOrders('rebuilt');
  await nats.connection.jetstream().publish('evt.orders.submitted.v1.rebuilt-1', 'no JSON');
  await until('the dead letter', async () => (await deadLettersIn(nats.connection)).length === 1);
  const original = await settledRows();

  // What the stream has no longer stays; what never was, is lost, or is wrong, does not.
  await database.query(
    `insert into orders.timeline (order_id, source, id, sequence, at, type, what)
     select 'rebuilt-1', '/old', 'old', 0, now(), 'a.b.c.v1', 'From before the stream'
     union all select 'rebuilt-1', '/ghost', 'ghost', 17, now(), 'a.b.c.v1', 'Never happened'`,
  );
  const old = (await rows()).filter(({ source }) => source === '/old');
  await database.query(`delete from orders.timeline where order_id = 'rebuilt-2'`);
  await database.query(`update orders.timeline set what = 'Wrong' where order_id = 'rebuilt-3'`);

  const [said] = await Promise.all([
    cli('subscriptions', 'rebuild', 'order-timeline', '-o', 'json'),
    publishOrders('meanwhile', 3),
  ]);
  expect([said.error, said.code]).toEqual(['', 0]);
  const report = said.json() as { handled: number; leftOut: number; first: number; last: number };
  expect(report).toMatchObject({ subscription: 'order-timeline', first: 1, leftOut: 1 });
  expect(report.handled).toBeGreaterThanOrEqual(original.length);

  const now = await settledRows();
  expect(now.filter(({ order_id }) => !order_id.startsWith('meanwhile'))).toEqual([...old, ...original]);
  const meanwhile = now.filter(({ order_id }) => order_id.startsWith('meanwhile'));
  expect(meanwhile).toHaveLength(3 * orderTimeline.events.length);
  expect(await deadLettersIn(nats.connection)).toHaveLength(1);
});

test('two rebuilds at once take nothing from each other, and one that is broken off takes nothing at all', async () => {
  await publishOrders('both', 3);
  const original = await settledRows();
  const options = () => ({ subscribed: timeline(), catalogue, signal: never });
  await Promise.all([rebuild(nats.connection, options()), rebuild(nats.connection, options())]);
  expect(await rows()).toEqual(original);

  const reading = new AbortController();
  const broken = timeline();
  const stopped = rebuild(nats.connection, {
    ...options(),
    signal: reading.signal,
    subscribed: {
      ...broken,
      startRebuild: async (range) => {
        const rebuilding = await broken.startRebuild?.(range);
        if (!rebuilding) throw new Error('the timeline can be made anew');
        let left = 20;
        return {
          ...rebuilding,
          handle: async (event, place) => {
            if (left-- === 0) reading.abort();
            await rebuilding.handle(event, place);
          },
        };
      },
    },
  });
  await expect(stopped).rejects.toThrow('aborted');
  expect(await rows()).toEqual(original);
});

test('what the stream forgets during a rebuild stays', async () => {
  await publishOrders('forgotten', 2);
  const original = await settledRows();
  const manager = await nats.connection.jetstreamManager();
  const whole = timeline();
  const { last } = await (await createStreamReader(nats.connection, EVENTS_STREAM)).bounds();
  await rebuild(nats.connection, {
    catalogue,
    signal: never,
    subscribed: {
      ...whole,
      startRebuild: async (range) => {
        await manager.streams.purge(EVENTS_STREAM, { seq: last - 10 });
        const rebuilding = await whole.startRebuild?.(range);
        if (!rebuilding) throw new Error('the timeline can be made anew');
        return rebuilding;
      },
    },
  });
  expect(await rows()).toEqual(original);
});

const TIMES = ['2026-11-21T10:00:00+16:00', '0000-01-01T00:00:00Z', '2016-12-31T23:59:60Z'];

test('times that PostgreSQL refuses hold nobody up, neither the next event of the order nor a rebuild', async () => {
  const contract = orderTimeline.events[0] as EventContract;
  const deadLetters = (await deadLettersIn(nats.connection)).length;
  const jetstream = nats.connection.jetstream();
  for (const time of TIMES) {
    // As a publisher on NATS may send it: nobody has checked it before.
    const { subject, body } = eventOf(contract, 'times');
    const event = { ...(JSON.parse(Buffer.from(body).toString()) as object), time };
    await jetstream.publish(subject, JSON.stringify(event));
  }
  const since = performance.now();
  await publish(eventOf(contract, 'times'));
  await until('the next event', async () => (await timesOf('times')).length === 3, 5_000);
  expect(performance.now() - since).toBeLessThan(5_000);
  expect(await timesOf('times')).toMatchObject([
    '2026-11-20T18:00:00.000Z',
    '2017-01-01T00:00:00.000Z',
    expect.anything(),
  ]);
  const now = await deadLettersIn(nats.connection);
  expect(now.slice(deadLetters).map(({ reason }) => reason)).toEqual(['invalid-envelope']);
  const report = await rebuild(nats.connection, { subscribed: timeline(), catalogue, signal: never });
  expect(report.leftOut).toBeGreaterThanOrEqual(1);
  expect(await timesOf('times')).toHaveLength(3);
});

test('data that cannot be stored is a dead letter of the rebuild, which goes on; five failures in a row end it', async () => {
  await publishOrders('unstorable', 2);
  await settledRows();
  const whole = timeline();
  const failing = (fails: (orderId: string) => boolean, code: string) => ({
    ...whole,
    startRebuild: async (range: Parameters<NonNullable<typeof whole.startRebuild>>[0]) => {
      const rebuilding = await whole.startRebuild?.(range);
      if (!rebuilding) throw new Error('the timeline can be made anew');
      return {
        ...rebuilding,
        handle: (...[event, place]: Parameters<typeof rebuilding.handle>) =>
          fails(event.key)
            ? Promise.reject(Object.assign(new Error('time out of range'), { code }))
            : rebuilding.handle(event, place),
      };
    },
  });
  const before = (await deadLettersIn(nats.connection)).length;
  const run = (subscribed: typeof whole) =>
    rebuild(nats.connection, { subscribed, catalogue, signal: never });
  const report = await run(failing((key) => key === 'unstorable-1', '22008'));
  const deadLetters = (await deadLettersIn(nats.connection)).slice(before);
  expect(deadLetters).toHaveLength(orderTimeline.events.length);
  expect(deadLetters[0]?.route).toBe('subscription:order-timeline');
  expect(report.leftOut).toBeGreaterThanOrEqual(deadLetters.length);
  // Once more: no second dead letter of an event.
  await run(failing((key) => key === 'unstorable-1', '22008'));
  expect(await deadLettersIn(nats.connection)).toHaveLength(before + deadLetters.length);

  await expect(run(failing(() => true, '42P01'))).rejects.toMatchObject({ code: '42P01' });
  expect(await deadLettersIn(nats.connection)).toHaveLength(before + deadLetters.length);
});

async function timesOf(orderId: string): Promise<string[]> {
  const found = await stored.database.query<{ at: Date }>(
    'select at from orders.timeline where order_id = $1 order by sequence',
    [orderId],
  );
  return found.map(({ at }) => at.toISOString());
}

test('the command line names what there is', async () => {
  const unknown = await cli('subscriptions', 'rebuild', 'nothing', '-o', 'json');
  expect([unknown.code, unknown.problem()['code']]).toEqual([1, 'unknown-subscription']);
  const list = await cli('subscriptions', 'list', '-o', 'json');
  expect(list.json()).toEqual({
    subscriptions: [
      {
        name: 'order-timeline',
        mode: 'shared',
        route: 'subscription:order-timeline',
        events: orderTimeline.events.map(({ type }) => type),
      },
    ],
  });
});

/** The rows when all that was published has been handled. */
async function settledRows() {
  const manager = await nats.connection.jetstreamManager();
  await until(
    'nothing is waiting',
    async () => {
      for await (const { name, num_pending, num_ack_pending } of manager.consumers.list(EVENTS_STREAM)) {
        if (name.startsWith('sub-') && num_pending + num_ack_pending > 0) return false;
      }
      return true;
    },
    30_000,
  );
  return rows();
}
