import type { Database } from '../src/adapters/postgres';

/** What lies on the demo's shelves. */
const SHELVES = { 'TEA-GREEN-250': 1_000, 'TEA-POT-GLASS': 500 };

/** Puts the demo's articles on the shelves, where they are not there already. */
export async function fillShelves(database: Database): Promise<void> {
  for (const [sku, received] of Object.entries(SHELVES)) {
    await database.query(
      'insert into inventory.stock (sku, received, on_hand) values ($1, $2, $2) on conflict (sku) do nothing',
      [sku, received],
    );
  }
}
