import { setTimeout as sleep } from 'node:timers/promises';
import { difference } from './case';
import type { Shop } from './shop';

const OUTBOX_EMPTY_WITHIN_MS = 10_000;
const LOOK_MS = 200;

/** What must be true of the whole shop when every case has ended: money and stock add up, and nothing is left unsaid. */
export async function checkBooks({ database }: Shop): Promise<{ lines: string[]; problems: string[] }> {
  const [money] = await database.query<{ taken: string; owed: string }>(
    `select coalesce((select sum(captured - refunded) from payments.payments), 0) as taken,
            coalesce((select sum(amount) from orders.orders where state = 'completed'), 0) as owed`,
  );
  const [stock] = await database.query<{ accounted: string; received: string }>(
    'select sum(on_hand + reserved + shipped) as accounted, sum(received) as received from inventory.stock',
  );
  const [open] = await database.query<{ orders: string; reserved: string }>(
    `select (select count(*) from orders.orders where state in ('placing', 'confirmed')) as orders,
            (select coalesce(sum(reserved), 0) from inventory.stock) as reserved`,
  );
  const unpublished = await outboxRows(database);
  return {
    lines: [
      `money   captured − refunded ${money?.taken ?? ''} = completed orders ${money?.owed ?? ''}`,
      `stock   on hand + reserved + shipped ${stock?.accounted ?? ''} = received ${stock?.received ?? ''}`,
      `open    ${open?.orders ?? ''} orders, ${open?.reserved ?? ''} pieces reserved`,
      `outbox  ${unpublished} events unpublished`,
    ],
    problems: [
      ...difference('money', money?.taken, money?.owed),
      ...difference('stock', stock?.accounted, stock?.received),
      ...difference('open', open, { orders: '0', reserved: '0' }),
      ...difference('outbox', unpublished, 0),
    ],
  };
}

async function outboxRows(database: Shop['database']): Promise<number> {
  const until = Date.now() + OUTBOX_EMPTY_WITHIN_MS;
  for (;;) {
    const rows = await database.query('select 1 from sagaline.outbox where published_at is null');
    if (rows.length === 0 || Date.now() > until) return rows.length;
    await sleep(LOOK_MS);
  }
}
