import type { Database } from 'sagaline/activities';

/** The ids of the orders that are open in the books; an order whose workflow is gone counts until it is repaired. */
export async function openOrders(
  database: Database,
  orderIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await database.query<{ order_id: string }>(
    `select order_id from orders.orders where order_id = any($1) and state in ('placing', 'confirmed')`,
    [orderIds],
  );
  return new Set(rows.map(({ order_id }) => order_id));
}
