// Orders whose workflow is gone, or whose books do not add up: found, repaired by command, and nobody else disturbed.
import { setTimeout as sleep } from 'node:timers/promises';
import { newOrderId } from '../../../demo/orders';
import { findSaga, provisionSchedule, runWorkflow } from '../../../src/adapters/temporal';
import type { Finding, ReconciliationReport, RepairResult } from '../../../src/contracts';
import { COMPENSATION_STUCK, DECIDE, RefusalError } from '../../../src/contracts';
import { shop as shopDomain } from '../../../domains/shop';
import { layTombstones, stepsOfProcess } from '../../../src/effects';
import { REFUSALS, TASK_QUEUES } from '../../../domains/shop/names';
import { reconciliation } from '../../../domains/shop/workflows';
import type { TestCli } from '../../support/cli';
import { serverSettings, testCli } from '../../support/cli';
import type { OrderDriver } from '../support/order/driver';
import { driveOrder } from '../support/order/driver';
import type { ShopOnPostgres } from '../support/shop-on-postgres';
import { startShopOnPostgres } from '../support/shop-on-postgres';
import { until } from '../../support/until';

jest.setTimeout(90_000);

const HOUR_MS = 60 * 60_000;
const SKU = 'TEA-GREEN-250';
const COMPENSATION_WITHIN_MS = 2_900;
/** Attempts that a compensation makes in that time, at 0.2, 0.4 and 0.8 s from each other. */
const UNTIL_STUCK = 4;

let shop: ShopOnPostgres;
let cli: TestCli;
const reported: ReconciliationReport[] = [];
/** How far the reconciliation's clock is ahead: with an hour, what has just happened is old. */
let aheadMs = HOUR_MS;

beforeAll(async () => {
  shop = await startShopOnPostgres({
    clock: () => new Date(Date.now() + aheadMs),
    report: (report) => void reported.push(report),
    graceMs: HOUR_MS / 2,
    lookbackMs: 24 * HOUR_MS,
    compensationWithinMs: COMPENSATION_WITHIN_MS,
  });
  const settings = { ...serverSettings('nats://not.needed'), TEMPORAL_NAMESPACE: shop.namespace };
  cli = testCli(settings, [shopDomain]);
  await shop.database.query('insert into inventory.stock (sku, received, on_hand) values ($1, 1000, 1000)', [
    SKU,
  ]);
});
afterAll(() => shop.stop());
beforeEach(() => (aheadMs = HOUR_MS));
afterEach(async () => {
  // Each test finds a shop without findings: they are counted.
  await shop.database.query('truncate orders.orders, payments.payments, logistics.shipments');
  shop.provider.forget();
});

const newOrder = () =>
  driveOrder(shop.client, newOrderId('reconciled'), { payments: shop.provider, shipping: shop.carrier });
const reconcile = (...args: string[]) => cli('reconcile', ...args, '-o', 'json');
const kindsOf = (findings: unknown) =>
  (findings as Finding[]).map(({ kind, repair }) => `${kind}, ${repair}`);

async function terminated(order: OrderDriver): Promise<OrderDriver> {
  await order.handle.terminate('somebody has pressed the button');
  return order;
}

/** An order that is confirmed and booked, with nobody who knows of it. */
async function abandoned(): Promise<OrderDriver> {
  const order = newOrder();
  await order.submit();
  await order.untilState('awaiting-dispatch');
  return terminated(order);
}

async function booksOf({ orderId }: OrderDriver) {
  const rows = await shop.database.query<{ fact: string }>(
    `select 'order ' || state || coalesce(' ' || reason, '') as fact from orders.orders where order_id = $1
     union all select 'stock ' || state from inventory.reservations where order_id = $1
     union all select 'payment ' || state from payments.payments where order_id = $1
     union all select 'shipment ' || state from logistics.shipments where order_id = $1 order by 1`,
    [orderId],
  );
  return rows.map(({ fact }) => fact);
}
const atProvider = ({ orderId }: OrderDriver) =>
  shop.provider.payments().filter((payment) => payment.orderId === orderId);
const atCarrier = ({ orderId }: OrderDriver) =>
  shop.carrier.shipments().filter((shipment) => shipment.orderId === orderId);
const notificationsOf = async ({ orderId }: OrderDriver, fact: string) =>
  (
    await shop.database.query('select from sagaline.outbox where subject = $1', [
      `evt.orders.${fact}.v1.${orderId}`,
    ])
  ).length;

/** The other of the two first steps. */
const reserved = (order: OrderDriver) =>
  until('the stock is reserved', async () => (await booksOf(order)).includes('stock reserved'));

const COMPENSATED = ['order compensated reconciled', 'payment voided', 'shipment canceled', 'stock released'];
const LEFT = ['order confirmed', 'payment authorized', 'shipment booked', 'stock reserved'];

test('terminated in the UI: found, repaired, and never heard of again', async () => {
  const order = await abandoned();
  const found = await reconcile();
  expect([found.code, found.json()]).toMatchObject([
    7,
    { checked: 1, findings: [{ key: order.orderId, kind: 'saga-gone', repair: 'compensate' }], omitted: 0 },
  ]);
  expect(found.json()).not.toHaveProperty('repairs');
  expect(await booksOf(order)).toEqual(LEFT);

  const repaired = await reconcile('--repair', '--order', order.orderId);
  expect([repaired.code, repaired.json()]).toMatchObject([
    0,
    { repairs: [{ key: order.orderId, state: 'repaired', workflowId: `repair-${order.orderId}` }] },
  ]);
  expect(await booksOf(order)).toEqual(COMPENSATED);
  expect(atProvider(order)).toMatchObject([{ state: 'voided' }]);
  expect(atCarrier(order)).toMatchObject([{ state: 'canceled' }]);
  expect(await notificationsOf(order, 'compensated')).toBe(1);

  expect(await reconcile()).toMatchObject({ code: 0 });
  const again = await runRepair(order);
  expect(again).toEqual({ state: 'repaired' });
  expect([await booksOf(order), await notificationsOf(order, 'compensated')]).toEqual([COMPENSATED, 1]);
});

test('terminated while a step was under way: what the step does afterwards is compensated, or never done', async () => {
  const late = newOrder();
  const authorizing = shop.atProvider.hold('authorize', 'after');
  await late.submit();
  await authorizing.reached;
  await reserved(late);
  await terminated(late);
  authorizing.release();
  await until('the late attempt is on record', async () =>
    (await booksOf(late)).includes('payment authorized'),
  );

  const lost = newOrder();
  shop.atProvider.loseAnswer('authorize');
  const asking = shop.atProvider.hold('findByKey');
  await lost.submit();
  await asking.reached;
  await reserved(lost);
  await terminated(lost);
  const repairing = reconcile('--repair');
  // The compensation asks as well, and finds out; the late attempt finds the tombstone.
  await sleep(500);
  asking.release();
  expect((await repairing).json()).toMatchObject({ repairs: [{ state: 'repaired' }, { state: 'repaired' }] });
  for (const order of [late, lost]) {
    expect(await booksOf(order)).toEqual(['order rejected reconciled', 'payment voided', 'stock released']);
    expect(atProvider(order)).toMatchObject([{ state: 'voided' }]);
    // The carrier was never asked; a worker that stood still before it asks must not do so now.
    const steps = await stepsOfProcess(shop.database, order.orderId);
    expect(steps).toContainEqual({ key: `${order.orderId}:createShipment:0`, state: 'compensated' });
  }
});

test('the steps of an order are its own, whatever characters its id has', async () => {
  const [one, other] = ['o_1%', 'ox1y'];
  await layTombstones(shop.database, [
    `${one}:reserveStock:0`,
    `${other}:reserveStock:0`,
    'o_1:reserveStock:0',
  ]);
  expect(await stepsOfProcess(shop.database, one)).toEqual([
    { key: 'o_1%:reserveStock:0', state: 'compensated' },
  ]);
  expect((await stepsOfProcess(shop.database, 'o_1')).map(({ key }) => key)).toEqual(['o_1:reserveStock:0']);
});

describe('what no command can compensate is left to a person:', () => {
  test('the payment is taken; a reset goes on with the saga where it was', async () => {
    const order = newOrder();
    await order.submit();
    await order.untilState('awaiting-dispatch');
    await order.dispatched();
    await until('the goods are out', async () => (await booksOf(order)).includes('stock shipped'));
    await terminated(order);
    const said = await reconcile('--repair');
    expect([said.code, said.json()]).toMatchObject([
      7,
      { findings: [{ kind: 'saga-gone', repair: 'by-hand' }], repairs: [{ state: 'by-hand' }] },
    ]);
    expect(atProvider(order)).toMatchObject([{ state: 'captured', refunded: 0 }]);

    await reset(order);
    await order.delivered();
    expect((await order.result()).state).toBe('completed');
    expect(atProvider(order)).toMatchObject([{ state: 'captured' }]);
    expect((await reconcile()).json()).toMatchObject({ checked: 1, findings: [] });
  });

  test('the parcel is on its way, and the carrier alone knows', async () => {
    const order = await abandoned();
    for (const shipment of atCarrier(order)) shipment.state = 'dispatched';
    const said = await reconcile('--repair');
    expect([said.code, said.json()]).toMatchObject([
      7,
      { repairs: [{ state: 'refused', why: expect.stringContaining('dispatched') }] },
    ]);
    expect(await booksOf(order)).toEqual(LEFT);
  });
});

describe('the payment provider’s own books', () => {
  async function completed(): Promise<OrderDriver> {
    const order = newOrder();
    await order.submit();
    await order.untilState('awaiting-dispatch');
    await order.dispatched();
    await order.delivered();
    expect((await order.result()).state).toBe('completed');
    return order;
  }

  test('tell of a refund that somebody has made by hand, of one order and of all (case 7)', async () => {
    const order = await completed();
    shop.provider.refundByHand(`pay_${order.orderId}_1`, 100);
    const detail = `pay_${order.orderId}_1 has 1.00 EUR given back at the provider, 0.00 EUR in our books`;
    const finding = { key: order.orderId, kind: 'money', repair: 'by-hand', detail };
    for (const args of [['--order', order.orderId], []]) {
      const said = await reconcile(...args);
      expect([said.code, said.json()['findings']]).toEqual([7, [finding]]);
    }
  });

  test('tell of payments that we do not know, on however many pages', async () => {
    const total = { amount: 4_980, currency: 'EUR' } as const;
    for (const orderId of ['a', 'b', 'c'])
      await shop.provider.authorize({ key: orderId, orderId, total, paymentToken: 'tok_visa' });
    expect(kindsOf((await reconcile()).json()['findings'])).toEqual(Array(3).fill('money, by-hand'));
  });

  test('tell of a hold that is gone, and nobody has heard of that', async () => {
    const order = newOrder();
    await order.submit();
    await order.untilState('awaiting-dispatch');
    shop.provider.happens(shop.provider.latestOf(order.orderId), 'voided');
    expect((await reconcile()).json()).toMatchObject({
      findings: [
        {
          kind: 'money',
          detail: expect.stringContaining('is voided at the provider, authorized in our books'),
        },
      ],
    });
    await order.cancel();
    expect((await order.result()).state).toBe('cancelled');
    expect((await reconcile()).code).toBe(0);
  });
});

async function reset({ handle }: OrderDriver): Promise<void> {
  const { events } = await handle.fetchHistory();
  const last = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes).at(-1);
  await shop.client.workflowService.resetWorkflowExecution({
    namespace: shop.namespace,
    workflowExecution: { workflowId: handle.workflowId },
    reason: 'it was terminated by mistake',
    requestId: handle.workflowId,
    ...(last?.eventId && { workflowTaskFinishEventId: last.eventId }),
  });
}

const runRepair = async ({ orderId }: OrderDriver): Promise<RepairResult> => {
  const answer = await runWorkflow(shop.client, {
    ...reconciliation.repair,
    workflowId: `repair-${orderId}`,
    input: { key: orderId },
    timeoutMs: 20_000,
  });
  if (answer.kind !== 'completed') throw new Error(`the repair is ${answer.kind}`);
  return answer.result as RepairResult;
};

test('a repair of an order whose workflow is open is refused, by the command and by the repair itself', async () => {
  const order = newOrder();
  await order.submit();
  await order.untilState('awaiting-dispatch');
  const said = await reconcile('--repair', '--order', order.orderId);
  expect([said.code, said.problem()['code']]).toEqual([1, 'running']);
  expect(await runRepair(order)).toMatchObject({
    state: 'refused',
    why: expect.stringContaining('open workflow'),
  });
  expect(await booksOf(order)).toEqual(LEFT);
  await order.dispatched();
  await order.delivered();
  expect((await order.result()).state).toBe('completed');
});

test('a workflow that was reset after the repair is a finding, meets its tombstones at the next step, and ends', async () => {
  const order = await abandoned();
  await reconcile('--repair', '--order', order.orderId);
  const closed = await booksOf(order);
  await reset(order);
  expect(kindsOf((await reconcile()).json()['findings'])).toEqual(['saga-again, by-hand']);

  // The carrier has fetched it all the same: the order would go forward.
  const [shipment] = atCarrier(order);
  if (!shipment) throw new Error('the order has had a shipment');
  shipment.state = 'dispatched';
  await order.dispatched('dispatched', shipment.shipmentId);
  expect((await order.result()).state).toBe('compensated');
  expect(await booksOf(order)).toEqual(closed);
  expect(closed).toEqual(COMPENSATED);
  expect(await notificationsOf(order, 'compensated')).toBe(1);
  expect((await reconcile()).code).toBe(0);
});

test('what a skipped compensate has left is found and compensated', async () => {
  const order = newOrder();
  shop.atCarrier.fail('book', new RefusalError(REFUSALS.addressNotServed, 'not there'));
  shop.atProvider.fail('cancel', new Error('the provider is closed'), UNTIL_STUCK);
  await order.submit();
  await order.untilState(COMPENSATION_STUCK);
  await order.handle.signal(DECIDE, { kind: 'skip', reason: 'it can wait' });
  expect((await order.result()).state).toBe('compensated');

  const said = await reconcile('--repair');
  expect(kindsOf(said.json()['findings'])).toEqual(['money, compensate']);
  expect(said.json()).toMatchObject({ repairs: [{ state: 'repaired' }] });
  expect((await booksOf(order))[1]).toBe('payment voided');
  expect(await notificationsOf(order, 'compensated')).toBe(1);
  expect((await reconcile()).code).toBe(0);
});

test('a repair that cannot compensate stands as stuck, and a person decides', async () => {
  const order = await abandoned();
  shop.atCarrier.fail('cancel', new Error('the carrier is closed'), UNTIL_STUCK);
  const repairing = reconcile('--repair');
  const handle = shop.client.workflow.getHandle(`repair-${order.orderId}`);
  await until('the repair is stuck', async () => {
    const found = await findSaga(shop.client, handle.workflowId);
    return found?.saga.state === COMPENSATION_STUCK;
  });
  await handle.signal(DECIDE, { kind: 'retry' });
  expect((await repairing).json()).toMatchObject({ repairs: [{ state: 'repaired' }] });
  expect(await booksOf(order)).toEqual(COMPENSATED);
});

test('a repair whose command was given up goes on; asked for again, by two at once, it is the same one', async () => {
  const order = await abandoned();
  // It asks the carrier first, and takes its time for that.
  const asking = shop.atCarrier.hold('track');
  const repair = ['--repair', '--order', order.orderId] as const;
  const impatient = await reconcile(...repair, '--timeout', '3s');
  await asking.reached;
  expect([impatient.code, impatient.json()]).toMatchObject([7, { repairs: [{ state: 'still-open' }] }]);
  const both = [reconcile(...repair), reconcile(...repair)];
  // Long enough for both to have found the order, which is not compensated yet.
  await sleep(1_000);
  asking.release();
  for (const said of await Promise.all(both))
    expect(said.json()).toMatchObject({ repairs: [{ state: 'repaired' }] });
  expect(await booksOf(order)).toEqual(COMPENSATED);
  expect(await notificationsOf(order, 'compensated')).toBe(1);
});

test('an order that is alive again while it is repaired: whoever of the two comes second changes nothing', async () => {
  const order = await abandoned();
  const cancelling = shop.atCarrier.hold('cancel');
  const repairing = reconcile('--repair', '--order', order.orderId);
  await cancelling.reached;
  await reset(order);
  cancelling.release();
  expect((await repairing).json()).toMatchObject({ repairs: [{ state: 'repaired' }] });
  await order.cancel();
  expect((await order.result()).state).toBe('compensated');
  expect(await booksOf(order)).toEqual(COMPENSATED);
  expect([await notificationsOf(order, 'compensated'), await notificationsOf(order, 'cancelled')]).toEqual([
    1, 0,
  ]);
  expect(atProvider(order)).toMatchObject([{ state: 'voided' }]);
  expect((await reconcile()).code).toBe(0);
});

test('past retention an order is found all the same', async () => {
  const order = newOrder();
  await order.submit();
  await order.untilState('awaiting-dispatch');
  // Deleted while it is open, it is forgotten at once; a closed one is kept until the server's queues are written down.
  await shop.client.workflowService.deleteWorkflowExecution({
    namespace: shop.namespace,
    workflowExecution: { workflowId: order.handle.workflowId },
  });
  await until(
    'Temporal has forgotten it',
    async () => !(await findSaga(shop.client, order.handle.workflowId)),
  );
  const said = await reconcile('--repair');
  expect(said.json()).toMatchObject({
    findings: [{ detail: expect.stringContaining('unknown to Temporal') }],
    repairs: [{ state: 'repaired' }],
  });
  expect(await booksOf(order)).toEqual(COMPENSATED);
});

test('what was terminated just now is no finding yet', async () => {
  aheadMs = 0;
  await abandoned();
  expect((await reconcile()).json()).toMatchObject({ checked: 1, findings: [] });
});

test('orders in flight are no false alarms, whenever one looks', async () => {
  // No grace: whatever an order is in the middle of would be a finding at once.
  const ends: Promise<string>[] = [];
  for (let n = 0; n < IN_FLIGHT; n++) ends.push(flight(n));
  const landed = new AbortController();
  const allEnded = Promise.all(ends).finally(() => landed.abort());
  let looks = 0;
  let findings: Finding[] = [];
  while (!landed.signal.aborted) {
    findings = [...findings, ...(await shop.check()).findings];
    looks += 1;
    await sleep(BETWEEN_LOOKS_MS);
  }
  const states = await allEnded;
  process.stdout.write(
    `Reconciled ${looks} times while ${IN_FLIGHT} orders ran: ${findings.length} findings\n`,
  );
  expect(findings).toEqual([]);
  expect(looks).toBeGreaterThan(10);
  expect(new Set(states)).toEqual(new Set(['completed', 'compensated', 'cancelled']));
  expect((await reconcile()).json()).toMatchObject({ checked: IN_FLIGHT, findings: [] });
});

const IN_FLIGHT = 24;
/** Without a pause the looks alone keep a busy machine busy, and the orders wait. */
const BETWEEN_LOOKS_MS = 100;

/** One of each kind in turn: delivered, cancelled, refused by the carrier. */
async function flight(n: number): Promise<string> {
  const order = newOrder();
  const address = {
    name: 'A',
    street: 'B 1',
    postalCode: n % 3 === 2 ? '00000' : '1',
    city: 'C',
    country: 'GB',
  };
  await order.submit({ shippingAddress: address });
  if (n % 3 === 2) return (await order.result()).state;
  await order.untilState('awaiting-dispatch');
  if (n % 3 === 1) await order.cancel();
  else {
    await order.dispatched();
    await order.delivered();
  }
  return (await order.result()).state;
}

test('many are looked at page by page; a report has room for so many, and counts the rest', async () => {
  await shop.database.query(
    `insert into orders.orders (order_id, opened_by, customer_id, state, amount, currency)
     select 'many-' || n, 'nobody', 'c', case when n % 2 = 0 then 'placing' else 'confirmed' end, 1, 'EUR'
       from generate_series(1, 601) n`,
  );
  const { checked, findings, omitted } = (await reconcile()).json() as unknown as ReconciliationReport;
  expect([checked, findings.length, omitted]).toEqual([601, 500, 101]);
  expect(new Set(findings.map(({ key }) => key)).size).toBe(500);
});

test('a schedule looks at all orders and reports them; provisioned again, it is the same one', async () => {
  const order = await abandoned();
  const wanted = {
    scheduleId: 'reconciliation',
    workflow: 'reconciliation',
    taskQueue: TASK_QUEUES.orders,
    everyMs: HOUR_MS,
    summary: 'Orders that do not add up',
    initialState: 'checking',
  };
  await provisionSchedule(shop.client, wanted);
  await provisionSchedule(shop.client, { ...wanted, everyMs: 2 * HOUR_MS });
  const handle = shop.client.schedule.getHandle('reconciliation');
  const { spec, action } = await handle.describe();
  expect(spec.intervals).toMatchObject([{ every: 2 * HOUR_MS }]);
  // A run that stands still must not be the last one.
  expect(action.workflowExecutionTimeout).toBe(2 * HOUR_MS);

  reported.length = 0;
  await handle.trigger();
  const [report] = await until('a report', () => reported.length > 0 && reported);
  expect(report).toMatchObject({ checked: 1, findings: [{ key: order.orderId, kind: 'saga-gone' }] });
  const runs = await until('the scheduled run has ended', async () => {
    const { info } = await handle.describe();
    return info.recentActions.length > 0 && info.runningActions.length === 0 && info.recentActions;
  });
  expect(runs).toHaveLength(1);
  await handle.delete();
});

test('an order that nobody knows, and a command line that is none', async () => {
  const unknown = await reconcile('--order', 'no-such-order');
  expect([unknown.code, unknown.problem()['code']]).toEqual([1, 'unknown-key']);
  expect((await reconcile('--order', 'no such order')).code).toBe(2);
  const text = await cli('reconcile');
  expect([text.code, text.out]).toEqual([0, '0 looked at: all add up']);
});
