// The adapters on PostgreSQL alone keep the promises of their ports.
import { createPostgresDemand } from '../../../../activities/shop/demand.postgres';
import { createPostgresInventory } from '../../../../activities/shop/inventory.postgres';
import { createPostgresNotifications } from '../../../../activities/shop/notifications.postgres';
import { createPostgresOrders } from '../../../../activities/shop/orders.postgres';
import { MAX_AMOUNT } from '../../../../domains/shop/rules/limits';
import { MAIN_WAREHOUSE } from '../../../../domains/shop/rules/allocation';
import { RefusalError } from '../../../../src/contracts';
import {
  demandConformance,
  inventoryConformance,
  notificationsConformance,
  ordersConformance,
} from '../../support/conformance';
import { isForgottenRun } from '../../support/fakes/orders';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const CHECK_VIOLATION = '23514';

let shop: TestDatabase;

beforeAll(async () => {
  shop = await createTestDatabase();
});

afterAll(() => shop.end());

describe('the inventory on PostgreSQL', () =>
  inventoryConformance(() => {
    const { database } = shop;
    return Promise.resolve({
      inventory: createPostgresInventory(database),
      receive: async (sku, quantity, warehouse = MAIN_WAREHOUSE) => {
        await database.query(
          `insert into inventory.stock as known (warehouse, sku, received, on_hand) values ($1, $2, $3, $3)
           on conflict (warehouse, sku) do update
             set received = known.received + excluded.received, on_hand = known.on_hand + excluded.on_hand`,
          [warehouse, sku, quantity],
        );
      },
      stockOf: async (sku, warehouse) => {
        const [row] = await database.query(
          `select sum(received) as received, sum(on_hand) as on_hand, sum(reserved) as reserved, sum(shipped) as shipped
             from inventory.stock where sku = $1 and warehouse = coalesce($2, warehouse)`,
          [sku, warehouse ?? null],
        );
        const of = (column: string) => Number(row?.[column]);
        return {
          received: of('received'),
          onHand: of('on_hand'),
          reserved: of('reserved'),
          shipped: of('shipped'),
        };
      },
    });
  }));

describe('the demand on PostgreSQL', () =>
  demandConformance(() =>
    Promise.resolve({
      demand: createPostgresDemand(shop.database),
      viewsOf: async (sku) => {
        const [row] = await shop.database.query<{ views: string; last: Date }>(
          'select views, last_viewed_at as last from inventory.demand where sku = $1',
          [sku],
        );
        return row && { views: Number(row.views), lastViewedAt: row.last.toISOString().replace('.000', '') };
      },
    }),
  ));

/** The data of an order's events of some kinds, as the outbox has them. */
async function told(facts: readonly string[], orderId: string): Promise<object[]> {
  const rows = await shop.database.query<{ data: object }>(
    `select convert_from(body, 'UTF8')::json -> 'data' as data from sagaline.outbox
      where subject = any($1) order by id`,
    [facts.map((fact) => `evt.orders.${fact}.v1.${orderId}`)],
  );
  return rows.map(({ data }) => data);
}

describe('the orders on PostgreSQL', () =>
  ordersConformance(() =>
    Promise.resolve({
      orders: createPostgresOrders(shop.database, ({ runId }) => Promise.resolve(isForgottenRun(runId))),
      orderOf: async (orderId) => {
        const [order] = await shop.database.query<{
          openedBy: string;
          state: string;
          amount: number;
          reason: string | null;
        }>(
          'select opened_by as "openedBy", state, amount::int, reason from orders.orders where order_id = $1',
          [orderId],
        );
        return order;
      },
      refusalsOf: async (orderId) =>
        (await told(['cancellation-refused'], orderId)) as { reason: string; detail: string }[],
      amendmentsOf: (orderId) => told(['amended', 'amendment-refused'], orderId),
      stockQuestionsOf: (orderId) => told(['partial-stock'], orderId),
      paymentMethodRequestedOf: (orderId) => told(['payment-method-requested'], orderId),
    }),
  ));

test('an order is not taken over when the run of its saga may only be past its retention', async () => {
  const orders = createPostgresOrders(shop.database, () => Promise.resolve(true));
  const submission = { orderId: 'order-of-yesterday', customerId: 'customer-1' };
  const total = { amount: 4_980, currency: 'EUR' };
  await orders.openOrder({ runId: 'run-1', submission, total });
  const age = (hours: number) =>
    shop.database.query(
      `update orders.orders set created_at = now() - make_interval(hours => $2) where order_id = $1`,
      [submission.orderId, hours],
    );
  await age(21);
  await expect(orders.openOrder({ runId: 'run-2', submission, total })).rejects.toBeInstanceOf(RefusalError);
  await age(19);
  await orders.openOrder({ runId: 'run-2', submission, total });
});

describe('the notifications on PostgreSQL', () =>
  notificationsConformance(() =>
    Promise.resolve({
      notifications: createPostgresNotifications(shop.database),
      messagesOf: (orderId) =>
        shop.database.query(
          'select recipient as email, template, "values" from notifications.messages where order_id = $1',
          [orderId],
        ),
    }),
  ));

describe('amounts and currencies in PostgreSQL', () => {
  let rows = 0;
  const enter = (amount: number, currency = 'EUR') =>
    shop.database.query(
      `insert into orders.orders (order_id, opened_by, customer_id, state, amount, currency)
       values ($1, 'r', 'c', 'placing', $2, $3)`,
      [`row-${++rows}`, amount, currency],
    );
  const pay = (amount: number, currency = 'EUR') =>
    shop.database.query(
      `insert into payments.payments (payment_id, order_id, state, amount, currency) values ($1, 'o', 'voided', $2, $3)`,
      [`row-${++rows}`, amount, currency],
    );

  test('an order may cost nothing, and as much as an event may say', async () => {
    await enter(0, 'JPY');
    await enter(MAX_AMOUNT, 'IRR');
    await pay(MAX_AMOUNT, 'KWD');
  });

  test.each([
    ['less than nothing', () => enter(-1)],
    ['more than the highest amount', () => enter(MAX_AMOUNT + 1)],
    ['no currency', () => enter(1, '')],
    ['a symbol', () => enter(1, '€')],
    ['small dead letters', () => enter(1, 'eur')],
    ['a payment of nothing', () => pay(0)],
    ['a payment of more than the highest amount', () => pay(MAX_AMOUNT + 1)],
    ['a payment in no currency', () => pay(1, 'EURO')],
  ])('%s is refused', async (_, insert) => {
    await expect(insert()).rejects.toMatchObject({ code: CHECK_VIOLATION });
  });
});
