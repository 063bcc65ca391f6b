import { connectDatabase } from '../src/adapters/postgres';
import type { AfterStart } from '../src/runtime/local';
import { fillShelves } from './stock';

/** A shop with empty shelves rejects every order. */
const seed: AfterStart = async ({ config }) => {
  const silent = () => undefined;
  const database = connectDatabase({
    url: config.DATABASE_URL,
    poolSize: 1,
    name: 'sagaline-seed',
    log: { info: silent, warn: silent, error: silent },
  });
  try {
    await fillShelves(database);
  } finally {
    await database.end();
  }
};
export default seed;
