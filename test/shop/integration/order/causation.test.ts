// One chain from the event that comes in to the events that go out: each names the event that led to its step.
import { newOrderId } from '../../../../demo/orders';
import { createWorkflows } from '../../../../src/adapters/temporal';
import { workflowIdOf } from '../../../../src/contracts';
import * as events from '../../../../domains/shop/events';
import { order as orderProcess } from '../../../../domains/shop/workflows';
import { driveOrder } from '../../support/order/driver';
import type { ShopOnPostgres } from '../../support/shop-on-postgres';
import { startShopOnPostgres } from '../../support/shop-on-postgres';

let shop: ShopOnPostgres;

beforeAll(async () => {
  shop = await startShopOnPostgres({
    clock: () => new Date(),
    report: () => undefined,
    ...{ graceMs: 60_000, lookbackMs: 60_000, compensationWithinMs: 3_000 },
  });
  const stocked = 'insert into inventory.stock (sku, received, on_hand) values ($1, 1000, 1000)';
  await shop.database.query(stocked, ['TEA-GREEN-250']);
});
afterAll(() => shop.stop());

const traceOf = (digit: string) => `00-${digit.repeat(32)}-${digit.repeat(16)}-01`;

/** Facts in the outbox, each with what led to it. */
async function causesOf(orderId: string): Promise<Record<string, string | undefined>> {
  const rows = await shop.database.query<{ fact: string; causationid: string; traceparent: string }>(
    `select split_part(subject, '.', 2) || '.' || split_part(subject, '.', 3) as fact,
            convert_from(body, 'UTF8')::json ->> 'causationid' as causationid,
            convert_from(body, 'UTF8')::json ->> 'traceparent' as traceparent
       from sagaline.outbox where subject like '%.' || $1 order by id`,
    [orderId],
  );
  return Object.fromEntries(
    rows.map(({ fact, causationid, traceparent }) => [fact, `${causationid} ${traceparent}`]),
  );
}

test('the events of a step name the event that led to it, and carry its trace, each order its own', async () => {
  const orders = ['1', '2'].map((digit) => ({ digit, order: driveOrder(shop.client, newOrderId('cause')) }));
  const send = (
    orderId: string,
    contract: { type: string },
    id: string,
    data: object,
    traceparent: string,
  ) => {
    const workflowId = workflowIdOf(orderProcess, orderId);
    const event = { id, source: '/test', type: contract.type, key: orderId, data, traceparent };
    const target = { workflow: orderProcess, workflowId, key: orderId };
    return createWorkflows(shop.client).signalWithStart(target, event);
  };
  for (const { digit, order } of orders) {
    const data = { ...events.orderSubmitted.example, orderId: order.orderId };
    await send(order.orderId, events.orderSubmitted, `submitted-${digit}`, data, traceOf(digit));
  }
  await Promise.all(orders.map(({ order }) => order.untilState('awaiting-dispatch')));
  await Promise.all(
    orders.map(({ digit, order: { orderId } }) =>
      send(
        orderId,
        events.cancellationRequested,
        `cancelled-${digit}`,
        { orderId, detail: '' },
        `${traceOf(digit).slice(0, -1)}0`,
      ),
    ),
  );
  await Promise.all(orders.map(({ order }) => order.result()));

  for (const { digit, order } of orders) {
    const submitted = `submitted-${digit} ${traceOf(digit)}`;
    const cancelled = `cancelled-${digit} ${traceOf(digit).slice(0, -1)}0`;
    expect(await causesOf(order.orderId)).toMatchObject({
      'inventory.stock-reserved': submitted,
      'orders.confirmed': submitted,
      'inventory.stock-released': cancelled,
      'orders.cancelled': cancelled,
    });
  }
});

test('a signal by hand with a trace that nobody can read fails no step', async () => {
  const order = driveOrder(shop.client, newOrderId('cause'));
  const data = { ...events.orderSubmitted.example, orderId: order.orderId };
  const workflowId = workflowIdOf(orderProcess, order.orderId);
  const type = events.orderSubmitted.type;
  const event = { id: 'x'.repeat(300), source: '/hand', type, key: order.orderId, data, traceparent: 'none' };
  await createWorkflows(shop.client).signalWithStart(
    { workflow: orderProcess, workflowId, key: order.orderId },
    event,
  );
  await order.untilState('awaiting-dispatch');
  expect(await causesOf(order.orderId)).toMatchObject({ 'orders.confirmed': 'null null' });
  await order.cancel();
  await order.result();
});
