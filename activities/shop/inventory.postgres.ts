import type { Database, Transaction } from '../../src/adapters/postgres';
import { RefusalError } from '../../src/contracts';
import { stockReleased, stockReserved, stockShipped } from '../../src/domains/shop/events';
import { REFUSALS } from '../../src/domains/shop/names';
import { doOnce, undoOnce, writeOutbox } from '../../src/effects';
import type { Inventory } from './inventory';

const context = 'inventory';

interface Line {
  readonly sku: string;
  readonly quantity: number;
}

export function createPostgresInventory(database: Database): Inventory {
  return {
    reserveStock: ({ key, orderId, lines }) =>
      doOnce(database, key, async (tx) => {
        // In the order of the skus, so that two orders for the same articles wait for each other, and never in a circle.
        for (const { sku, quantity } of [...lines].sort((one, other) => (one.sku < other.sku ? -1 : 1))) {
          const [taken] = await tx.query(
            `update inventory.stock set on_hand = on_hand - $2, reserved = reserved + $2
              where sku = $1 and on_hand >= $2 returning sku`,
            [sku, quantity],
          );
          if (!taken)
            throw new RefusalError(REFUSALS.outOfStock, `there are not ${quantity} of ${sku} on hand`);
          // A released reservation may be made again, under the next revision of its step.
          const [reserved] = await tx.query(
            `insert into inventory.reservations as known (order_id, sku, quantity, state)
             values ($1, $2, $3, 'reserved')
             on conflict (order_id, sku) do update
               set quantity = excluded.quantity, state = excluded.state, updated_at = now()
               where known.state = 'released'
             returning sku`,
            [orderId, sku, quantity],
          );
          if (!reserved) throw new Error(`order ${orderId} has a reservation of ${sku} already`);
        }
        await writeOutbox(tx, { key, context, contract: stockReserved, data: { orderId, lines } });
      }),

    releaseStock: ({ undoes, orderId }) =>
      undoOnce(database, undoes, async (tx) => {
        const lines = await moveReservation(tx, orderId, 'released', 'on_hand');
        if (lines.length === 0) return;
        await writeOutbox(tx, { key: undoes, context, contract: stockReleased, data: { orderId, lines } });
      }),

    shipStock: ({ key, orderId }) =>
      doOnce(database, key, async (tx) => {
        const lines = await moveReservation(tx, orderId, 'shipped', 'shipped');
        await writeOutbox(tx, { key, context, contract: stockShipped, data: { orderId, lines } });
      }),
  };
}

/** Moves what is reserved for an order to where it went. The reservation's rows are the lock of the entity. */
async function moveReservation(
  tx: Transaction,
  orderId: string,
  state: 'released' | 'shipped',
  column: 'on_hand' | 'shipped',
): Promise<Line[]> {
  const lines = await tx.query<{ sku: string; quantity: number }>(
    `update inventory.reservations set state = $2, updated_at = now()
      where order_id = $1 and state = 'reserved' returning sku, quantity`,
    [orderId, state],
  );
  const inOrder = [...lines].sort((one, other) => (one.sku < other.sku ? -1 : 1));
  for (const { sku, quantity } of inOrder) {
    await tx.query(
      `update inventory.stock set reserved = reserved - $2, ${column} = ${column} + $2 where sku = $1`,
      [sku, quantity],
    );
  }
  return inOrder;
}
