import type { Client } from '@temporalio/client';
import type { Database } from '../../src/adapters/postgres';
import { connectDatabase } from '../../src/adapters/postgres';
import { createSingleAttemptClient } from '../../src/adapters/temporal';
import { orderSubmitted } from '../../domains/shop/events';
import type { SubmittedOrder } from '../../domains/shop/events/orders';
import { temporalSettings } from '../../src/runtime/settings';
import { silent } from '../silent';
import type { Testbed } from '../testbed';

/** Every process that an order needs, except gateway and bridge. */
export const SHOP_PROCESSES = [
  'providers',
  'worker:orders',
  'worker:inventory',
  'worker:payments',
  'worker:shipping',
  'worker:notifications',
];

/** How soon the carrier fetches a parcel, and then delivers it: soon, so that the work is measured, not the waiting. */
export const SOON = { SANDBOX_DISPATCH_MS: '100', SANDBOX_DELIVERY_MS: '100' };

/** The number of articles: enough that orders do not all wait for the lock of one row. */
const ARTICLES = 50;
const PIECES_OF_EACH = 1_000_000_000;
const POOL_SIZE = 2;

/** The benchmarks' own access to a running shop. */
export interface BenchShop {
  readonly client: Client;
  readonly database: Database;
  /** The number of orders of this run that have ended: the message to the customer is every order's last step. */
  ended(run: string): Promise<number>;
  close(): Promise<void>;
}

export async function openBenchShop({ config }: Pick<Testbed, 'config'>): Promise<BenchShop> {
  const client = createSingleAttemptClient(temporalSettings(config, {}));
  const database = connectDatabase({
    url: config.DATABASE_URL,
    poolSize: POOL_SIZE,
    name: 'bench',
    log: silent,
  });
  for (let article = 0; article < ARTICLES; article++) {
    await database.query(
      `insert into inventory.stock (warehouse, sku, received, on_hand) values ('main', $1, $2, $2)`,
      [skuOf(article), PIECES_OF_EACH],
    );
  }
  return {
    client,
    database,
    ended: async (run) => {
      const [row] = await database.query<{ count: string }>(
        `select count(*) from notifications.messages where order_id >= $1 and order_id < $2`,
        [`${run}-`, `${run}.`],
      );
      return Number(row?.count);
    },
    close: async () => {
      await client.connection.close();
      await database.end();
    },
  };
}

export function orderOfRun(run: string, number: number): SubmittedOrder {
  return {
    ...orderSubmitted.example,
    orderId: `${run}-${number}`,
    lines: [{ sku: skuOf(number % ARTICLES), quantity: 1, unitPrice: 1_290 }],
  };
}

function skuOf(article: number): string {
  return `BENCH-${article}`;
}
