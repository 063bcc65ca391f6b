import type { Database, StreamPosition, Rebuilding, StreamRange } from 'sagaline/activities';
import { sentenceOf } from '../../domains/shop/rules/timeline';
import type { OrderEvent } from '../../domains/shop/subscriptions';

/**
 * The history of each order, for the subscription `order-timeline`. An event has one row, that of its first position
 * in the stream. Rows of events that are no longer in the stream are never changed.
 */
export interface OrderTimeline {
  handle(event: OrderEvent, position: StreamPosition): Promise<void>;
  startRebuild(range: StreamRange): Promise<Rebuilding<OrderEvent>>;
}

export function createOrderTimeline(database: Database): OrderTimeline {
  return {
    handle: async (event, position) => {
      await database.query(`${INSERT} on conflict do nothing`, rowOf(event, position));
    },
    startRebuild: async ({ first: begin }) => {
      // When two rebuilds overlap, the rows of the later one win, and neither deletes the other's rows.
      const [next] = await database.query<{ rebuild: string }>(
        `select nextval('orders.timeline_rebuilds') as rebuild`,
      );
      const rebuild = next?.rebuild;
      return {
        handle: async (event, position) => {
          await database.query(
            `${INSERT} on conflict (order_id, source, id) do update
               set sequence = excluded.sequence, at = excluded.at, type = excluded.type, what = excluded.what,
                   rebuild = excluded.rebuild
             where (known.rebuild is null or known.rebuild < excluded.rebuild) and known.sequence >= $9`,
            [...rowOf(event, position, rebuild), begin],
          );
        },
        finish: async ({ first, last }) => {
          await database.query(
            'delete from orders.timeline where sequence between $1 and $2 and (rebuild is null or rebuild < $3)',
            [first, last, rebuild],
          );
        },
      };
    },
  };
}

const INSERT = `insert into orders.timeline as known (order_id, source, id, sequence, at, type, what, rebuild)
  values ($1, $2, $3, $4, $5, $6, $7, $8)`;

function rowOf(
  event: OrderEvent,
  { sequence, storedAt }: StreamPosition,
  rebuild: string | null = null,
): unknown[] {
  const { key, source, id, type, time } = event;
  return [key, source, id, sequence, time ?? storedAt, type, sentenceOf(event), rebuild];
}
