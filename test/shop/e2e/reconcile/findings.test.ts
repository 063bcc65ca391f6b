// Orders and payments whose books do not add up are found, and nobody else is disturbed.
import { setTimeout as sleep } from 'node:timers/promises';
import { findSaga, provisionSchedule } from '../../../../src/adapters/temporal';
import type { Finding, ReconciliationReport } from '../../../../src/contracts';
import { TASK_QUEUES } from '../../../../domains/shop/names';
import type { OrderDriver } from '../../support/order/driver';
import { COMPENSATED, HOUR_MS, kindsOf, setReconciledShop } from '../../support/reconciled-shop';
import { until } from '../../../support/until';

jest.setTimeout(90_000);

const stage = setReconciledShop();
const { reported, cli, reconcile, setClockToNow, newOrder, abandoned, booksOf } = stage;

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
    stage.shop.provider.refundByHand(`pay_${order.orderId}_1`, 100);
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
      await stage.shop.provider.authorize({ key: orderId, orderId, total, paymentToken: 'tok_visa' });
    expect(kindsOf((await reconcile()).json()['findings'])).toEqual(Array(3).fill('money, by-hand'));
  });

  test('tell of a hold that is gone, and nobody has heard of that', async () => {
    const order = newOrder();
    await order.submit();
    await order.untilState('awaiting-dispatch');
    stage.shop.provider.happens(stage.shop.provider.latestOf(order.orderId), 'voided');
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

test('past retention an order is found all the same', async () => {
  const order = newOrder();
  await order.submit();
  await order.untilState('awaiting-dispatch');
  // Deleted while it is open, it is forgotten at once; a closed one is kept until the server's queues are written down.
  await stage.shop.client.workflowService.deleteWorkflowExecution({
    namespace: stage.shop.namespace,
    workflowExecution: { workflowId: order.handle.workflowId },
  });
  await until(
    'Temporal has forgotten it',
    async () => !(await findSaga(stage.shop.client, order.handle.workflowId)),
  );
  const said = await reconcile('--repair');
  expect(said.json()).toMatchObject({
    findings: [{ detail: expect.stringContaining('unknown to Temporal') }],
    repairs: [{ state: 'repaired' }],
  });
  expect(await booksOf(order)).toEqual(COMPENSATED);
});

test('what was terminated just now is no finding yet', async () => {
  setClockToNow();
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
    findings = [...findings, ...(await stage.shop.check()).findings];
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
  await stage.shop.database.query(
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
  await provisionSchedule(stage.shop.client, wanted);
  await provisionSchedule(stage.shop.client, { ...wanted, everyMs: 2 * HOUR_MS });
  const handle = stage.shop.client.schedule.getHandle('reconciliation');
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
