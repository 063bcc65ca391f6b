// An effect and the event that tells of it are one: both are there, once, or neither is.
import { createPostgresInventory } from '../../../../activities/shop/inventory.postgres';
import { createPostgresOrders } from '../../../../activities/shop/orders.postgres';
import { orderSubmitted } from '../../../../domains/shop/events';
import { EVENTS } from '../../../../domains/shop/names';
import { MAIN_WAREHOUSE } from '../../../../domains/shop/rules/allocation';
import { atOnce, newOrderId, race } from '../../../support/conformance/attempts';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';

const SKU = 'TEA-GREEN-250';
const lines = [{ sku: SKU, quantity: 2 }];
const total = { amount: 4_980, currency: 'EUR' } as const;

let shop: TestDatabase;

beforeAll(async () => {
  shop = await createTestDatabase();
});

beforeEach(async () => {
  await shop.database.query('delete from inventory.reservations');
  await shop.database.query('delete from inventory.stock');
  await shop.database.query('insert into inventory.stock (sku, received, on_hand) values ($1, 100, 100)', [
    SKU,
  ]);
});

afterAll(() => shop.end());

interface Row {
  entity: string;
  event_id: string;
  source: string;
  subject: string;
  event: { id: string; type: string; data: unknown };
}

async function eventsOf(orderId: string): Promise<Row[]> {
  return shop.database.query<Row>(
    `select entity, event_id, source, subject, convert_from(body, 'UTF8')::json as event
       from sagaline.outbox where subject like '%.' || $1 order by id`,
    [orderId],
  );
}

async function onHand(): Promise<number> {
  const [stock] = await shop.database.query<{ on_hand: string }>('select on_hand from inventory.stock');
  return Number(stock?.on_hand);
}

function reservation() {
  const inventory = createPostgresInventory(shop.database);
  const orderId = newOrderId();
  const key = `${orderId}:reserveStock:0`;
  const step = { key, orderId, lines, preferred: [] };
  return {
    orderId,
    key,
    reserve: () => inventory.reserveStock(step),
    release: () => inventory.releaseStock({ undoes: step }),
    ship: () => inventory.shipStock({ key: `${orderId}:shipStock:0`, orderId, warehouse: MAIN_WAREHOUSE }),
  };
}

/** The outbox takes no row while the work is under way. */
async function withBrokenOutbox(work: () => Promise<void>): Promise<void> {
  await shop.database.query('alter table sagaline.outbox add constraint broken check (false) not valid');
  try {
    await work();
  } finally {
    await shop.database.query('alter table sagaline.outbox drop constraint broken');
  }
}

test('a step and its compensation are told of once each, in their order, however often they are done', async () => {
  const { orderId, key, reserve, release } = reservation();
  await atOnce(4, reserve);
  await reserve();
  await atOnce(4, release);
  expect(await eventsOf(orderId)).toEqual([
    expect.objectContaining({
      entity: `inventory/${orderId}`,
      event_id: `${key}:stock-reserved`,
      source: '/sagaline/inventory',
      subject: `evt.inventory.stock-reserved.v1.${orderId}`,
      event: expect.objectContaining({ type: EVENTS.stockReserved, data: { orderId, lines } }),
    }),
    expect.objectContaining({
      event_id: `${key}:stock-released`,
      event: expect.objectContaining({ type: EVENTS.stockReleased, data: { orderId, lines } }),
    }),
  ]);
});

test('what did not happen is not told of', async () => {
  const refused = reservation();
  await shop.database.query('update inventory.stock set received = 1, on_hand = 1');
  await expect(refused.reserve()).rejects.toThrow();
  await refused.release();
  const overtaken = reservation();
  await overtaken.release();
  await expect(overtaken.reserve()).rejects.toThrow();
  expect(await eventsOf(refused.orderId)).toEqual([]);
  expect(await eventsOf(overtaken.orderId)).toEqual([]);
});

test('where step and compensation race, both are told of in their order, or neither is', async () => {
  const outcomes = new Set<string>();
  for (let round = 0; round < 20; round++) {
    const { orderId, reserve, release } = reservation();
    await race(round, reserve, release);
    outcomes.add((await eventsOf(orderId)).map(({ event }) => event.type).join());
  }
  const both = [EVENTS.stockReserved, EVENTS.stockReleased].join();
  expect([...outcomes].filter((outcome) => outcome !== '' && outcome !== both)).toEqual([]);
});

test('a step whose event cannot be written has no effect, and can be done later', async () => {
  const { orderId, key, reserve } = reservation();
  await withBrokenOutbox(async () => {
    await expect(reserve()).rejects.toThrow('broken');
    expect(await onHand()).toBe(100);
    expect(await shop.database.query('select from sagaline.effects where key = $1', [key])).toEqual([]);
  });
  await reserve();
  expect(await onHand()).toBe(98);
  expect(await eventsOf(orderId)).toHaveLength(1);
});

test('a step that cannot be marked as done is not told of', async () => {
  const { orderId, key, reserve } = reservation();
  await shop.database.query(
    'alter table sagaline.effects add constraint broken check (result is null) not valid',
  );
  try {
    await expect(reserve()).rejects.toThrow('broken');
  } finally {
    await shop.database.query('alter table sagaline.effects drop constraint broken');
  }
  expect(await onHand()).toBe(100);
  expect(await eventsOf(orderId)).toEqual([]);
  expect(await shop.database.query('select from sagaline.effects where key = $1', [key])).toEqual([]);
});

test('a compensation whose event cannot be written leaves everything as it was, and can be done later', async () => {
  const { orderId, reserve, release } = reservation();
  await reserve();
  await withBrokenOutbox(async () => {
    await expect(release()).rejects.toThrow('broken');
    expect(await onHand()).toBe(98);
  });
  await release();
  expect(await onHand()).toBe(100);
  expect(await eventsOf(orderId)).toHaveLength(2);
});

test('a shipment of stock is told of with what was reserved', async () => {
  const { orderId, reserve, ship } = reservation();
  await reserve();
  await atOnce(3, ship);
  const [, shipped, ...more] = await eventsOf(orderId);
  expect(shipped).toMatchObject({ event: { type: EVENTS.stockShipped, data: { orderId, lines } } });
  expect(more).toEqual([]);
});

test('an order changes state with its event, or not at all', async () => {
  const orders = createPostgresOrders(shop.database, () => Promise.resolve(false));
  const orderId = newOrderId();
  const confirm = () => orders.confirmOrder({ key: `${orderId}:confirmOrder:0`, orderId, total });
  await orders.openOrder({ runId: 'run-1', submission: { ...orderSubmitted.example, orderId }, total });
  const stateOf = async () =>
    (await shop.database.query('select state from orders.orders where order_id = $1', [orderId]))[0];

  await withBrokenOutbox(async () => {
    await expect(confirm()).rejects.toThrow('broken');
    expect(await stateOf()).toEqual({ state: 'placing' });
  });
  await atOnce(4, confirm);
  expect(await stateOf()).toEqual({ state: 'confirmed' });
  const detail = 'long '.repeat(200);
  const close = { state: 'compensated', key: `${orderId}:closeOrder:0`, reason: 'late', detail } as const;
  await atOnce(4, () => orders.closeOrder({ ...close, orderId }));
  expect((await eventsOf(orderId)).map(({ event }) => event.type)).toEqual([
    EVENTS.orderConfirmed,
    EVENTS.orderCompensated,
  ]);
});

test('each end of an order is told of in its own words', async () => {
  const orders = createPostgresOrders(shop.database, () => Promise.resolve(false));
  const told: Record<string, unknown> = {};
  const why = { reason: 'a-reason', detail: 'Somehow.' };
  const closes = [
    { state: 'completed', total },
    { state: 'rejected', ...why },
    { state: 'compensated', ...why },
    { state: 'cancelled', ...why },
    { state: 'refunded', total, ...why },
  ] as const;
  for (const close of closes) {
    const orderId = newOrderId();
    await orders.openOrder({ runId: 'run-1', submission: { ...orderSubmitted.example, orderId }, total });
    await orders.closeOrder({ ...close, key: `${orderId}:closeOrder:0`, orderId });
    const [end, ...more] = await eventsOf(orderId);
    expect(more).toEqual([]);
    const { state, ...data } = close;
    expect(end?.event.data).toEqual({ orderId, ...data });
    told[state] = end?.event.type;
  }
  expect(told).toEqual({
    completed: EVENTS.orderCompleted,
    rejected: EVENTS.orderRejected,
    compensated: EVENTS.orderCompensated,
    cancelled: EVENTS.orderCancelled,
    refunded: EVENTS.orderRefunded,
  });
});

test('each refused cancellation is an event of its own, after what the order has told before', async () => {
  const orders = createPostgresOrders(shop.database, () => Promise.resolve(false));
  const orderId = newOrderId();
  await orders.openOrder({ runId: 'run-1', submission: { ...orderSubmitted.example, orderId }, total });
  await orders.confirmOrder({ key: `${orderId}:confirmOrder:0`, orderId, total });
  const refuse = (n: number) => {
    const key = `${orderId}:refuseCancellation:${n}`;
    return orders.refuseCancellation({ key, orderId, reason: 'too-late', detail: 'long '.repeat(200) });
  };
  await atOnce(3, () => refuse(1));
  await refuse(2);
  const [, ...refusals] = await eventsOf(orderId);
  expect(refusals).toEqual(
    [1, 2].map((n): unknown =>
      expect.objectContaining({
        entity: `orders/${orderId}`,
        event_id: `${orderId}:refuseCancellation:${n}:cancellation-refused`,
        subject: `evt.orders.cancellation-refused.v1.${orderId}`,
        event: expect.objectContaining({ type: EVENTS.cancellationRefused }),
      }),
    ),
  );
});
