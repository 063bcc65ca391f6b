import type { Database } from 'sagaline/activities';
import { applyEachOnce } from 'sagaline/activities';
import type { Demand } from './demand';

const EFFECT = 'shop/demand';

export function createPostgresDemand(database: Database): Demand {
  return {
    addViews: async ({ sku, views }) => {
      await applyEachOnce(database, EFFECT, views, async (tx, fresh) => {
        await tx.query(
          `insert into inventory.demand as known (sku, views, last_viewed_at)
           select $1, count(*), max(viewed_at) from unnest($2::timestamptz[]) as viewed_at
           on conflict (sku) do update
             set views = known.views + excluded.views,
                 last_viewed_at = greatest(known.last_viewed_at, excluded.last_viewed_at)`,
          [sku, fresh.map(({ viewedAt }) => viewedAt)],
        );
      });
    },
  };
}
