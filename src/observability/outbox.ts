import type { Database } from '../adapters/postgres';
import { outboxState } from '../relay';
import type { Rates } from './rates';
import type { OutboxState } from './snapshot';

/** What waits in the outbox, and how many rows steps write. */
export function createOutboxCheck(parts: {
  readonly database: Pick<Database, 'query'>;
  readonly rates: Rates;
}): () => Promise<OutboxState> {
  const { database, rates } = parts;
  return async () => {
    const [state, [latest]] = await Promise.all([
      outboxState(database),
      // A text: the driver gives a bigint as one.
      database.query<{ readonly id: string }>('select id from sagaline.outbox order by id desc limit 1'),
    ]);
    // Without a row the latest id is unknown, not zero: published rows are removed.
    const written = latest && rates.of('outbox', Number(latest.id));
    return { ...state, ...(written !== undefined && { writtenPerSecond: written }) };
  };
}
