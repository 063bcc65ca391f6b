import type { Database } from '../src/adapters/postgres';

/** The demo's stock. No warehouse has all of an order of a kettle with a mug, or with a sofa. */
const SHELVES = [
  { warehouse: 'main', sku: 'TEA-GREEN-250', received: 1_000 },
  { warehouse: 'main', sku: 'TEA-POT-GLASS', received: 500 },
  { warehouse: 'north', sku: 'KETTLE-STEEL', received: 100 },
  { warehouse: 'south', sku: 'MUG-BLUE', received: 100 },
  { warehouse: 'south', sku: 'BULKY-SOFA', received: 10 },
];

/** Adds the demo's articles to the stock, unless they are there already. */
export async function fillShelves(database: Database): Promise<void> {
  for (const { warehouse, sku, received } of SHELVES) {
    await database.query(
      `insert into inventory.stock (warehouse, sku, received, on_hand) values ($1, $2, $3, $3)
       on conflict (warehouse, sku) do nothing`,
      [warehouse, sku, received],
    );
  }
}
