import type { Database } from '../adapters/postgres';

/**
 * Lets the relay publish rows again that it has published since a time: their streams were restored from an older backup, and
 * may lack them. A stream that has such an event drops the repeat within its duplicate window; later, consumers drop it.
 *
 * @param options.dryRun counts, and changes nothing
 * @returns the number of rows
 */
export async function publishAgain(
  database: Database,
  { since, dryRun = false }: { readonly since: Date; readonly dryRun?: boolean },
): Promise<number> {
  const rows = dryRun
    ? 'select from sagaline.outbox where published_at >= $1'
    : 'update sagaline.outbox set published_at = null where published_at >= $1 returning id';
  const [counted] = await database.query<{ rows: string }>(
    `with rows as (${rows}) select count(*) as rows from rows`,
    [since],
  );
  return Number(counted?.rows ?? 0);
}
