import type { Database } from '../../adapters/postgres';

/**
 * Sets positions beyond the end of a stream to its end: the stream was restored from a backup that is older than the database's. New
 * events get the sequences of those that are lost, and would be taken for applied ones.
 *
 * @param options.last sequence of the stream's last event
 * @param options.dryRun counts, and changes nothing
 * @returns the number of such lanes
 */
export async function lowerPositions(
  database: Database,
  { last, dryRun = false }: { readonly last: number; readonly dryRun?: boolean },
): Promise<number> {
  const lanes = dryRun
    ? 'select from sagaline.subscription_lanes where sequence > $1'
    : 'update sagaline.subscription_lanes set sequence = $1 where sequence > $1 returning lane';
  const [counted] = await database.query<{ lanes: number }>(
    `with lanes as (${lanes}) select count(*)::int as lanes from lanes`,
    [last],
  );
  return counted?.lanes ?? 0;
}
