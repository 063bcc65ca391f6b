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
        for (const { sku, quantity } of inOrder(lines)) {
          const [taken] = await tx.query(
            `update inventory.stock set on_hand = on_hand - $2, reserved = reserved + $2
              where sku = $1 and on_hand >= $2 returning sku`,
            [sku, quantity],
          );
          if (!taken)
            throw new RefusalError(REFUSALS.outOfStock, `there are not ${quantity} of ${sku} on hand`);
          await tx.query(
            `insert into inventory.reservations (step, order_id, sku, quantity, state)
             values ($1, $2, $3, $4, 'reserved')`,
            [key, orderId, sku, quantity],
          );
        }
        await writeOutbox(tx, { key, context, contract: stockReserved, data: { orderId, lines } });
      }),

    releaseStock: ({ undoes, orderId }) =>
      undoOnce(database, undoes, async (tx) => {
        const lines = await moveReserved(tx, { orderId, step: undoes }, 'released', 'on_hand');
        if (lines.length === 0) return;
        await writeOutbox(tx, { key: undoes, context, contract: stockReleased, data: { orderId, lines } });
      }),

    reduceStock: ({ key, orderId, lines }) =>
      doOnce(database, key, async (tx) => {
        for (const { sku, quantity } of inOrder(lines)) await giveBack(tx, orderId, sku, quantity);
        await writeOutbox(tx, { key, context, contract: stockReleased, data: { orderId, lines } });
      }),

    shipStock: ({ key, orderId }) =>
      doOnce(database, key, async (tx) => {
        const lines = await moveReserved(tx, { orderId }, 'shipped', 'shipped');
        await writeOutbox(tx, { key, context, contract: stockShipped, data: { orderId, lines } });
      }),
  };
}

/** In one order for all, so that two transactions wait for each other, and never in a circle. */
function inOrder(lines: readonly Line[]): Line[] {
  return [...lines].sort((one, other) => (one.sku < other.sku ? -1 : 1));
}

/**
 * Moves what is reserved for an order, or by one step for it, to where it went. The reservation's rows are the lock of the
 * entity.
 *
 * @returns the pieces of each article
 */
async function moveReserved(
  tx: Transaction,
  { orderId, step }: { orderId: string; step?: string },
  state: 'released' | 'shipped',
  column: 'on_hand' | 'shipped',
): Promise<Line[]> {
  const moved = await tx.query<{ sku: string; quantity: number }>(
    `with moved as (
       update inventory.reservations set state = $2, updated_at = now()
        where order_id = $1 and state = 'reserved' and step = coalesce($3, step) returning sku, quantity)
     select sku, sum(quantity)::integer as quantity from moved group by sku`,
    [orderId, state, step ?? null],
  );
  const lines = inOrder(moved);
  for (const { sku, quantity } of lines) {
    await tx.query(
      `update inventory.stock set reserved = reserved - $2, ${column} = ${column} + $2 where sku = $1`,
      [sku, quantity],
    );
  }
  return lines;
}

async function giveBack(tx: Transaction, orderId: string, sku: string, quantity: number): Promise<void> {
  const rows = await tx.query<{ step: string; quantity: number }>(
    `select step, quantity from inventory.reservations
      where order_id = $1 and sku = $2 and state = 'reserved' order by created_at desc, step desc for update`,
    [orderId, sku],
  );
  let left = quantity;
  for (const row of rows) {
    const back = Math.min(left, row.quantity);
    left -= back;
    if (back === 0) continue;
    const all = back === row.quantity;
    await tx.query(
      `update inventory.reservations
          set quantity = quantity - $4, state = $5, updated_at = now() where step = $1 and order_id = $2 and sku = $3`,
      [row.step, orderId, sku, all ? 0 : back, all ? 'released' : 'reserved'],
    );
  }
  if (left > 0) throw new Error(`order ${orderId} has not ${quantity} of ${sku} reserved`);
  await tx.query(
    'update inventory.stock set reserved = reserved - $2, on_hand = on_hand + $2 where sku = $1',
    [sku, quantity],
  );
}
