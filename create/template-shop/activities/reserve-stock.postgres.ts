import type { Database } from 'sagaline/activities';
import { doOnce, RefusalError, compensateOnce } from 'sagaline/activities';
import { REFUSALS } from '../domains/shop/names';
import type { ReserveStock } from './reserve-stock';

/** The free and the reserved stock change once, in one transaction, even if the step is repeated. */
export function createPostgresReserveStock(database: Database): ReserveStock {
  return {
    reserveStock: ({ key, sku, quantity }) =>
      doOnce(database, key, async (tx) => {
        const [taken] = await tx.query(
          'update shop.stock set free = free - $2 where sku = $1 and free >= $2 returning sku',
          [sku, quantity],
        );
        if (!taken) throw new RefusalError(REFUSALS.outOfStock, `there are no ${quantity} of ${sku}`);
        await tx.query('insert into shop.reservations (key, sku, quantity) values ($1, $2, $3)', [
          key,
          sku,
          quantity,
        ]);
      }),

    releaseStock: ({ undoes: { key } }) =>
      compensateOnce(database, key, async (tx) => {
        await tx.query(
          `with released as (delete from shop.reservations where key = $1 returning sku, quantity)
           update shop.stock set free = free + released.quantity from released where stock.sku = released.sku`,
          [key],
        );
      }),
  };
}
