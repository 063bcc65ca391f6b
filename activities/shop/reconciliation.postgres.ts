import type { Database } from 'sagaline/activities';
import type { OrderBooks } from '../../domains/shop/rules/reconciliation';
import { REASONS } from '../../domains/shop/names';
import { layTombstones, stepsOfProcess } from 'sagaline/activities';
import type { Books } from './reconciliation';

/** Everything that the shop's capabilities have on record of an order, in one row. */
const BOOKS = `
  select o.order_id, o.state, coalesce(o.reason = '${REASONS.reconciled}', false) as repaired, o.amount, o.currency,
         greatest(o.updated_at, p.changed, r.changed, s.changed) as changed,
         coalesce(p.found, '[]') as payments, coalesce(r.found, '[]') as reservations,
         coalesce(s.found, '[]') as shipments
    from orders.orders o
    left join lateral (
      select json_agg(json_build_object('state', state, 'captured', captured, 'refunded', refunded,
                                       'currency', currency)) as found,
             max(updated_at) as changed
        from payments.payments where order_id = o.order_id) p on true
    left join lateral (
      select json_agg(json_build_object('state', state, 'quantity', quantity)) as found, max(updated_at) as changed
        from inventory.reservations where order_id = o.order_id) r on true
    left join lateral (
      select json_agg(json_build_object('state', state)) as found, max(updated_at) as changed
        from logistics.shipments where order_id = o.order_id) s on true`;

interface Row extends Pick<
  OrderBooks,
  'state' | 'repaired' | 'currency' | 'payments' | 'reservations' | 'shipments'
> {
  readonly order_id: string;
  /** A `bigint`, hence a string. */
  readonly amount: string;
  readonly changed: Date;
}

export function createPostgresBooks(database: Database): Books {
  return {
    page: async ({ after, since, limit }) => {
      const rows = await database.query<Row>(
        `${BOOKS} where o.order_id > $1 and (o.state in ('placing', 'confirmed') or o.updated_at > $2)
          order by o.order_id limit $3`,
        [after, since, limit],
      );
      return rows.map(booksOf);
    },
    ofOrders: async (orderIds) => {
      const rows = await database.query<Row>(`${BOOKS} where o.order_id = any($1) order by o.order_id`, [
        orderIds,
      ]);
      return rows.map(booksOf);
    },
    bookedShipments: async (orderId) => {
      const rows = await database.query<{ shipment_id: string }>(
        `select shipment_id from logistics.shipments where order_id = $1 and state = 'booked' order by shipment_id`,
        [orderId],
      );
      return rows.map(({ shipment_id }) => shipment_id);
    },
    steps: (orderId) => stepsOfProcess(database, orderId),
    layTombstones: (keys) => layTombstones(database, keys),
  };
}

function booksOf({ order_id, amount, changed, ...rest }: Row): OrderBooks {
  return { orderId: order_id, amount: Number(amount), changedAt: changed.getTime(), ...rest };
}
