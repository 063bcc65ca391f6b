/** What PostgreSQL holds at the end. */
import type { Database } from '../../../src/adapters/postgres';
import { identityOf } from '../../../src/contracts';
import type { Books } from './types';

export async function readBooks(database: Database): Promise<Books> {
  const orders = await database.query<{ id: string; state: string; amount: string; opened_by: string }>(
    'select order_id as id, state, amount, opened_by from orders.orders order by 1',
  );
  const payments = await database.query<{
    payment_id: string;
    order_id: string;
    state: string;
    amount: string;
    currency: string;
    captured: string;
    refunded: string;
  }>(
    'select payment_id, order_id, state, amount, currency, captured, refunded from payments.payments order by 1',
  );
  const stock = await database.query<
    Record<'place' | 'sku' | 'received' | 'on_hand' | 'reserved' | 'shipped', string>
  >(
    'select warehouse as place, sku, received, on_hand, reserved, shipped from inventory.stock order by 1, 2',
  );
  const outbox = await database.query<{
    id: string;
    source: string;
    event_id: string;
    subject: string;
    published: boolean;
  }>(
    'select id, source, event_id, subject, published_at is not null as published from sagaline.outbox order by id',
  );
  const timeline = await database.query<{ order_id: string; source: string; id: string }>(
    'select order_id, source, id from orders.timeline',
  );
  const views = await database.query<{ sku: string; views: string }>(
    'select sku, views from inventory.demand',
  );
  return {
    orders: orders.map(({ id, state, amount, opened_by }) => ({
      orderId: id,
      state,
      amount: Number(amount),
      openedBy: opened_by,
    })),
    payments: payments.map(({ payment_id, order_id, state, amount, currency, captured, refunded }) => ({
      id: payment_id,
      orderId: order_id,
      state,
      amount: Number(amount),
      currency,
      captured: Number(captured),
      refunded: Number(refunded),
    })),
    reservations: await database.query(
      'select order_id as "orderId", sku, quantity, state from inventory.reservations order by 1, 2',
    ),
    stock: stock.map(({ place, sku, received, on_hand, reserved, shipped }) => ({
      place,
      sku,
      received: Number(received),
      onHand: Number(on_hand),
      reserved: Number(reserved),
      shipped: Number(shipped),
    })),
    shipments: await database.query(
      'select shipment_id as id, order_id as "orderId", state from logistics.shipments order by 1',
    ),
    messages: await database.query(
      'select order_id as "orderId", template from notifications.messages order by 1, 2',
    ),
    outbox: outbox.map(({ id, source, event_id, subject, published }) => ({
      id,
      identity: identityOf({ source, id: event_id }),
      subject,
      published,
    })),
    timeline: timeline.map(({ order_id, source, id }) => `${order_id} ${identityOf({ source, id })}`),
    views: views.map(({ sku, views: count }) => ({ sku, views: Number(count) })),
  };
}
