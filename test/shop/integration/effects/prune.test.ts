// The rows by which a step is done once go when their process is over, by rule, and not before.
import { openOrders } from '../../../../activities/shop/open-orders.postgres';
import {
  createSingleAttemptClient,
  createWorkflows,
  knownProcesses,
} from '../../../../src/adapters/temporal';
import { createEffectsPruning, doOnce, stepsOfProcess } from '../../../../src/effects';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';
import { newKey } from '../../../support/ping/events';
import { ping } from '../../../support/ping/domain';
import { PINGED_V2 } from '../../../support/ping/names';
import { prepared } from '../../../support/setup/handover';
import { until } from '../../../support/until';

const DAY_MS = 24 * 60 * 60_000;
const BEFORE = () => new Date(Date.now() - 180 * DAY_MS);

let db: TestDatabase;

beforeEach(async () => (db = await createTestDatabase()));
afterEach(() => db.end());

async function effect(key: string, daysAgo: number, state = 'done'): Promise<void> {
  await db.database.query(
    `insert into sagaline.effects (key, state, updated_at) values ($1, $2, now() - make_interval(days => $3))`,
    [key, state, daysAgo],
  );
}
async function left(): Promise<string[]> {
  const rows = await db.database.query<{ key: string }>(
    'select key from sagaline.effects order by key collate "C"',
  );
  return rows.map(({ key }) => key);
}
async function prune(...needed: string[]): Promise<void> {
  const asked: string[] = [];
  const portion = createEffectsPruning(db.database, {
    before: BEFORE,
    stillNeeded: (keys) => {
      asked.push(...keys);
      return Promise.resolve(new Set(needed));
    },
  });
  while (await portion()) await Promise.resolve();
  expect(new Set(asked).size).toBe(asked.length);
}

test('all rows of a process go together, when the latest of them is old enough and all are settled', async () => {
  await effect('old:reserveStock:0', 200);
  await effect('old:authorizePayment:0', 181, 'compensated');
  await effect('old-too', 181, 'refused');
  await effect('dead-letter:order-old:hash', 181);
  await effect('dead-letter:order-young:hash', 179);
  await effect('young:reserveStock:0', 200);
  await effect('young:closeOrder:0', 179);
  await effect('begun:reserveStock:0', 200);
  await effect('begun:authorizePayment:0', 200, 'begun');
  await effect('compensating:authorizePayment:0', 200, 'compensating');
  await effect('needed:reserveStock:0', 200);
  // A key that begins as another one does is not of its process.
  await effect('ol:reserveStock:0', 10);
  await prune('needed');
  expect(await left()).toEqual([
    'begun:authorizePayment:0',
    'begun:reserveStock:0',
    'compensating:authorizePayment:0',
    'dead-letter:order-young:hash',
    'needed:reserveStock:0',
    'ol:reserveStock:0',
    'young:closeOrder:0',
    'young:reserveStock:0',
  ]);
});

test('many go in portions, past those that stay', async () => {
  await db.database.query(
    `insert into sagaline.effects (key, state, updated_at)
     select case when n % 100 = 0 then 'needed' else 'p-' || n / 3 end || ':step:' || n, 'done', now() - interval '200 days'
       from generate_series(1, 2000) as n`,
  );
  const portion = createEffectsPruning(db.database, {
    before: BEFORE,
    stillNeeded: () => Promise.resolve(new Set(['needed'])),
  });
  while (await portion()) await Promise.resolve();
  expect((await left()).filter((key) => !key.startsWith('needed:'))).toEqual([]);
  expect(await left()).toHaveLength(20);
});

test('a process that Temporal knows is needed, open or closed; one that it does not know is not', async () => {
  const client = createSingleAttemptClient({
    address: prepared('servers').temporalAddress,
    namespace: 'default',
  });
  const [open, closed, unknown] = [newKey(), newKey(), newKey()];
  for (const key of [open, closed]) {
    const event = { id: 'e', source: '/tests', type: PINGED_V2, key, data: { pingId: key, urgency: 1 } };
    await createWorkflows(client).signalWithStart({ workflow: ping, workflowId: `ping-${key}`, key }, event);
  }
  await client.workflow.getHandle(`ping-${closed}`).terminate();
  const keys = [open, closed, unknown, "o'clock"];
  await until('the list has them', async () => (await knownProcesses(client, keys)).size === 2);
  expect([...(await knownProcesses(client, keys))].sort()).toEqual([open, closed].sort());
  await client.workflow.getHandle(`ping-${open}`).terminate();
  await client.connection.close();
});

test('an order that the book says is open is needed; one that has ended is not', async () => {
  await db.database.query(
    `insert into orders.orders (order_id, opened_by, customer_id, state, amount, currency)
     select id, 'run', 'c-1', state, 100, 'EUR'
       from (values ('o-1', 'placing'), ('o-2', 'confirmed'), ('o-3', 'completed')) as o (id, state)`,
  );
  expect([...(await openOrders(db.database, ['o-1', 'o-2', 'o-3', 'o-4']))].sort()).toEqual(['o-1', 'o-2']);
});

test('a step whose row stays is not done again', async () => {
  await effect('young:step:0', 179);
  await prune();
  let done = 0;
  await doOnce(db.database, 'young:step:0', () => Promise.resolve(done++));
  expect(done).toBe(0);
});

test('an occurrence is forgotten by itself: young ones of its key do not keep it, and Temporal says which one it knows', async () => {
  const key = newKey();
  const [old, known, young] = ['1', '2', '3'].map((digit) => digit.repeat(16));
  await effect(`${key}.${old}:openTicket:0`, 200);
  await effect(`${key}.${old}:ended:0`, 199);
  await effect(`${key}.${known}:openTicket:0`, 200);
  await effect(`${key}.${young}:openTicket:0`, 179);
  const client = createSingleAttemptClient({
    address: prepared('servers').temporalAddress,
    namespace: 'default',
  });
  const event = { id: 'e', source: '/tests', type: PINGED_V2, key, data: { pingId: key, urgency: 1 } };
  const opening = { occurrence: known ?? '', seen: [] };
  const workflowId = `ping-${key}`;
  await createWorkflows(client).signalWithStart({ workflow: ping, workflowId, key, opening }, event);
  await client.workflow.getHandle(workflowId).terminate();
  const asked = [key, `${key}.${old}`, `${key}.${known}`];
  await until('the list has it', async () => (await knownProcesses(client, asked)).size > 0);
  expect([...(await knownProcesses(client, asked))]).toEqual([key, `${key}.${known}`]);
  await prune(...(await knownProcesses(client, asked)));
  expect(await left()).toEqual([`${key}.${known}:openTicket:0`, `${key}.${young}:openTicket:0`]);
  expect((await stepsOfProcess(db.database, key)).map(({ state }) => state)).toEqual(['done', 'done']);
  await client.connection.close();
});
