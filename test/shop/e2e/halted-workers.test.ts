// Workers that stand still in the middle of their steps, as on a machine that is suspended, or starved. They do not know
// it: their sagas give the steps up and compensate them, and then they go on. Each test goes on where the one before ended.
import { Client } from 'pg';
import type { OrderDriver } from '../support/order/driver';
import { driveOrder } from '../support/order/driver';
import type { Proxy } from '../../support/proxy';
import { startProxy } from '../../support/proxy';
import type { RoleProcess, ShopProcesses } from '../support/shop-processes';
import { startShopProcesses } from '../support/shop-processes';
import { until } from '../../support/until';

const ENDED_WITHIN_MS = 60_000;
/** Enough to get into the middle of a step on a busy machine. */
const STEP_WITHIN_MS = 8_000;
/**
 * More than a worker has polls under way: those that come to a halted worker are lost for ten seconds each, so these
 * orders take them all, and the compensations go to the workers that are awake.
 */
const OTHERS = 8;
const SKU = 'TEA-GREEN-250';
const RECEIVED = 500;

jest.setTimeout(2 * ENDED_WITHIN_MS);

let shop: ShopProcesses;
let proxy: Proxy;
let inventory: RoleProcess;
let payments: RoleProcess;
let awake: RoleProcess[];

/** Is halted within both of its first steps: the one has an open transaction, the other a request on its way. */
let midway: OrderDriver;
/** Their first steps come to workers that stand still already. */
let others: OrderDriver[];
const orders = () => [midway, ...others];
let request: ReturnType<Proxy['hold']>;
let before: Awaited<ReturnType<typeof books>>;

beforeAll(async () => {
  shop = await startShopProcesses({ ORDER_STEP_WITHIN_MS: String(STEP_WITHIN_MS) });
  await shop.database.query('insert into inventory.stock (sku, received, on_hand) values ($1, $2, $2)', [
    SKU,
    RECEIVED,
  ]);
  proxy = await startProxy(new URL(shop.sandboxUrl).host);
  const throughProxy = { PROVIDER_PAYMENT_PROVIDER_URL: `http://${proxy.address}/payment-provider/v1` };
  [inventory, payments] = await Promise.all([
    shop.start('worker:inventory'),
    shop.start('worker:payments', throughProxy),
    ...['providers', 'worker:orders', 'worker:notifications'].map((role) => shop.start(role)),
  ]);
});
afterAll(async () => {
  await proxy.close();
  await shop.stop();
});

const newOrder = (name: string) => driveOrder(shop.temporal, name);
const submit = (order: OrderDriver) => order.submit({ lines: [{ sku: SKU, quantity: 2, unitPrice: 1_290 }] });

test('two workers are halted in mid-step, and others of their pools come up', async () => {
  const locker = new Client({ connectionString: shop.databaseUrl });
  await locker.connect();
  await locker.query('begin');
  await locker.query('select from inventory.stock where sku = $1 for update', [SKU]);
  request = proxy.hold();

  midway = newOrder('midway');
  await submit(midway);
  await Promise.all([untilInventory(`wait_event_type = 'Lock'`), request.reached]);
  inventory.halt();
  payments.halt();
  await locker.query('rollback');
  // The stock is taken, and nobody is there to commit it.
  await untilInventory(`state = 'idle in transaction'`);
  await locker.end();

  others = Array.from({ length: OTHERS }, (_, index) => newOrder(`other-${index}`));
  await Promise.all(others.map(submit));
  awake = await Promise.all([shop.start('worker:inventory'), shop.start('worker:payments')]);
});

test('their sagas give the steps up, and end: nothing that stands still is in the way of the compensation', async () => {
  const results = await Promise.all(orders().map((order) => order.result()));
  expect(results.map(({ state }) => state)).toEqual(orders().map(() => 'rejected'));
  before = await books();
  expect(before.stock).toEqual([{ sku: SKU, on_hand: String(RECEIVED), reserved: '0', shipped: '0' }]);
  expect(before.atProvider).toEqual([['midway', 'canceled']]);
});

test('a request that was long on its way gets the answer of its compensation’s claim: there is one payment', async () => {
  const key = `${midway.orderId}:authorizePayment:0`;
  expect(await callsUnder(key)).toEqual([201]);
  request.release();
  await until('the late request', async () => (await callsUnder(key)).length === 2, ENDED_WITHIN_MS);
  expect(await callsUnder(key)).toEqual([201, 201]);
  expect(await books()).toEqual(before);
});

test('the late originals run when their workers go on, and change nothing', async () => {
  const reserving = await handedOut(inventory, 'reserveStock');
  const authorizing = await handedOut(payments, 'authorizePayment');
  expect(Math.min(reserving, authorizing)).toBeGreaterThan(0);

  inventory.goOn();
  payments.goOn();
  await untilEnded(inventory, 'reserveStock', reserving);
  await untilEnded(payments, 'authorizePayment', authorizing);

  const after = await books();
  expect(after.stock).toEqual(before.stock);
  expect(after.atProvider).toEqual(before.atProvider);
  expect(after).toEqual(before);
  const steps = after.effects.filter(({ key }) => /:(reserveStock|authorizePayment):/.test(key));
  expect(steps.map(({ state }) => state)).toEqual(orders().flatMap(() => ['compensated', 'compensated']));
});

test('and they work on', async () => {
  await Promise.all(awake.map((worker) => worker.stop()));
  const order = newOrder('afterwards');
  await order.submit({ lines: [{ sku: 'NEVER-RECEIVED', quantity: 1, unitPrice: 100 }] });
  expect((await order.result()).state).toBe('rejected');
  const [refused] = await shop.database.query('select reason from orders.orders where order_id = $1', [
    order.orderId,
  ]);
  expect(refused).toEqual({ reason: 'out-of-stock' });
});

async function untilInventory(condition: string): Promise<void> {
  await until(`a session of worker:inventory with ${condition}`, async () => {
    const sessions = await shop.database.query(
      `select from pg_stat_activity where application_name = 'sagaline-inventory' and ${condition}`,
    );
    return sessions.length === 1;
  });
}

/** All that a step may change: in our database, and at the provider. */
async function books() {
  const { database } = shop;
  return {
    stock: await database.query('select sku, on_hand, reserved, shipped from inventory.stock'),
    reservations: await database.query('select * from inventory.reservations order by order_id'),
    payments: await database.query('select * from payments.payments order by payment_id'),
    orders: await database.query('select order_id, state from orders.orders order by order_id'),
    messages: await database.query('select key from notifications.messages order by key'),
    effects: await database.query<{ key: string; state: string }>(
      'select key, state, result from sagaline.effects order by key',
    ),
    events: await database.query('select id, event_id from sagaline.outbox order by id'),
    atProvider: (await atSandbox<{ merchant_reference: string; status: string }>('payments')).map(
      ({ merchant_reference, status }) => [merchant_reference, status],
    ),
  };
}

async function atSandbox<Row>(what: string): Promise<Row[]> {
  const answer = await fetch(`${shop.sandboxUrl}/sandbox/${what}`);
  return ((await answer.json()) as { data: Row[] }).data;
}

/** How the provider has answered the calls that came under a key. */
async function callsUnder(key: string): Promise<unknown[]> {
  const calls = await atSandbox<{ idempotency_key: string | null; status: number | null }>('calls');
  return calls.filter((call) => call.idempotency_key === key).map(({ status }) => status);
}

/**
 * How many of the others' steps of a name Temporal has handed to a worker before their sagas gave them up. On a busy machine
 * some go to the workers that are awake.
 */
async function handedOut(worker: RoleProcess, step: string): Promise<number> {
  const histories = await Promise.all(others.map(({ handle }) => handle.fetchHistory()));
  return histories.filter(({ events }) => {
    const scheduled = events?.find(
      (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === step,
    )?.eventId;
    return events?.some(
      ({ activityTaskStartedEventAttributes: started }) =>
        started?.identity === worker.identity && started.scheduledEventId?.eq(scheduled ?? -1),
    );
  }).length;
}

/**
 * Waits until a worker that goes on has come to the end of what it was halted in, and of that many steps that it had been
 * handed meanwhile. Of the one it tells that it failed; of the others it hears from Temporal, whatever their ends, that
 * nobody waits for them any more, and tells so with their tokens, which have the step's name in them.
 */
async function untilEnded(worker: RoleProcess, step: string, count: number): Promise<void> {
  await until(
    `the ends of ${count} times ${step}, and of that in which it was halted`,
    async () => {
      const log = await worker.log();
      const lines = log.split('\n').filter((line) => line.includes('not found on completion'));
      const tokens = lines.map((line) => /TaskToken\(([\w+/=-]+)\)/.exec(line)?.[1] ?? '');
      const late = tokens.filter((token) => Buffer.from(token, 'base64').includes(step));
      return late.length === count && log.includes(midway.handle.workflowId);
    },
    ENDED_WITHIN_MS,
  );
}
