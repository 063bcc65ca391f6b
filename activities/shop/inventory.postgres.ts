import type { Database, Transaction } from 'sagaline/activities';
import { RefusalError } from 'sagaline';
import { stockReleased, stockReserved, stockShipped } from '../../domains/shop/events';
import { REFUSALS } from '../../domains/shop/names';
import type { Shelf, StockLine } from '../../domains/shop/rules/allocation';
import { allocate, available } from '../../domains/shop/rules/allocation';
import { doOnce, compensateOnce, writeOutbox } from 'sagaline/activities';
import type { Inventory } from './inventory';

const context = 'inventory';

export function createPostgresInventory(database: Database): Inventory {
  return {
    reserveStock: ({ key, orderId, lines, preferred }) =>
      doOnce(database, key, async (tx) => {
        const shelves = await shelvesOf(tx, lines, 'for update');
        const allocation = allocate(lines, shelves, preferred);
        if (!allocation) throw refusal(lines, available(lines, shelves));
        for (const { warehouse, lines: given } of allocation) {
          for (const { sku, quantity } of given) {
            await tx.query(
              `update inventory.stock set on_hand = on_hand - $3, reserved = reserved + $3
                where warehouse = $1 and sku = $2`,
              [warehouse, sku, quantity],
            );
            await tx.query(
              `insert into inventory.reservations (step, order_id, warehouse, sku, quantity, state)
               values ($1, $2, $3, $4, $5, 'reserved')`,
              [key, orderId, warehouse, sku, quantity],
            );
          }
        }
        await writeOutbox(tx, { key, context, contract: stockReserved, data: { orderId, lines } });
        return allocation;
      }),

    availableStock: ({ lines }) =>
      database.transaction(async (tx) => available(lines, await shelvesOf(tx, lines))),

    releaseStock: ({ undoes: { key, orderId } }) =>
      compensateOnce(database, key, async (tx) => {
        const lines = await moveReserved(tx, { orderId, step: key }, 'released', 'on_hand');
        if (lines.length === 0) return;
        await writeOutbox(tx, { key, context, contract: stockReleased, data: { orderId, lines } });
      }),

    reduceStock: ({ key, orderId, lines, warehouse }) =>
      doOnce(database, key, async (tx) => {
        for (const { sku, quantity } of inOrder(lines))
          await giveBack(tx, { orderId, warehouse, sku, quantity });
        await writeOutbox(tx, { key, context, contract: stockReleased, data: { orderId, lines } });
      }),

    shipStock: ({ key, orderId, warehouse }) =>
      doOnce(database, key, async (tx) => {
        const lines = await moveReserved(tx, { orderId, warehouse }, 'shipped', 'shipped');
        await writeOutbox(tx, { key, context, contract: stockShipped, data: { orderId, lines } });
      }),
  };
}

/** The articles in all warehouses. Every transaction locks them in the same order, which prevents deadlocks. */
async function shelvesOf(
  tx: Transaction,
  lines: readonly StockLine[],
  lock: 'for update' | '' = '',
): Promise<Shelf[]> {
  const rows = await tx.query<{ warehouse: string; sku: string; on_hand: string }>(
    `select warehouse, sku, on_hand from inventory.stock where sku = any($1) order by sku, warehouse ${lock}`,
    [lines.map(({ sku }) => sku)],
  );
  return rows.map(({ warehouse, sku, on_hand }) => ({ warehouse, sku, onHand: Number(on_hand) }));
}

function refusal(lines: readonly StockLine[], there: readonly StockLine[]): RefusalError {
  const missing = lines.find(
    ({ sku, quantity }) => (there.find((line) => line.sku === sku)?.quantity ?? 0) < quantity,
  );
  const type = there.length === 0 ? REFUSALS.outOfStock : REFUSALS.partialStock;
  return new RefusalError(type, `there are not ${missing?.quantity ?? 0} of ${missing?.sku ?? ''} on hand`);
}

function inOrder<Line extends StockLine>(lines: readonly Line[]): Line[] {
  return [...lines].sort((one, other) => (one.sku < other.sku ? -1 : 1));
}

/**
 * Moves what is reserved for an order from the reservation to `column`, limited to one step or one warehouse if given. The
 * rows of the reservation are the lock of the entity.
 *
 * @returns the pieces of each article
 */
async function moveReserved(
  tx: Transaction,
  { orderId, step, warehouse }: { orderId: string; step?: string; warehouse?: string },
  state: 'released' | 'shipped',
  column: 'on_hand' | 'shipped',
): Promise<StockLine[]> {
  const moved = await tx.query<{ warehouse: string; sku: string; quantity: number }>(
    `with moved as (
       update inventory.reservations set state = $2, updated_at = now()
        where order_id = $1 and state = 'reserved'
          and step = coalesce($3, step) and warehouse = coalesce($4, warehouse)
        returning warehouse, sku, quantity)
     select warehouse, sku, sum(quantity)::integer as quantity from moved group by 1, 2 order by sku, warehouse`,
    [orderId, state, step ?? null, warehouse ?? null],
  );
  const pieces = new Map<string, number>();
  for (const row of moved) {
    await tx.query(
      `update inventory.stock set reserved = reserved - $3, ${column} = ${column} + $3
        where warehouse = $1 and sku = $2`,
      [row.warehouse, row.sku, row.quantity],
    );
    pieces.set(row.sku, (pieces.get(row.sku) ?? 0) + row.quantity);
  }
  return [...pieces].map(([sku, quantity]) => ({ sku, quantity }));
}

interface GivenBack extends StockLine {
  readonly orderId: string;
  readonly warehouse: string;
}

async function giveBack(tx: Transaction, { orderId, warehouse, sku, quantity }: GivenBack): Promise<void> {
  const rows = await tx.query<{ step: string; quantity: number }>(
    `select step, quantity from inventory.reservations
      where order_id = $1 and sku = $2 and state = 'reserved' and warehouse = $3
      order by created_at desc, step desc for update`,
    [orderId, sku, warehouse],
  );
  let left = quantity;
  for (const row of rows) {
    const back = Math.min(left, row.quantity);
    left -= back;
    if (back === 0) continue;
    const all = back === row.quantity;
    await tx.query(
      `update inventory.reservations set quantity = quantity - $5, state = $6, updated_at = now()
        where step = $1 and order_id = $2 and warehouse = $3 and sku = $4`,
      [row.step, orderId, warehouse, sku, all ? 0 : back, all ? 'released' : 'reserved'],
    );
    await tx.query(
      `update inventory.stock set reserved = reserved - $3, on_hand = on_hand + $3
        where warehouse = $1 and sku = $2`,
      [warehouse, sku, back],
    );
  }
  if (left > 0) throw new Error(`order ${orderId} has not ${quantity} of ${sku} reserved`);
}
