import type { Database } from '../../adapters/postgres';

/** Rows of one statement: it takes some milliseconds, and holds up an erasure no longer. */
const PORTION = 1_000;

/**
 * Makes the chore that removes uses of data keys: those that were not renewed since a date, unless their process is still
 * needed. An erasure finds the processes that it must not harm, and their histories, by these rows.
 *
 * @param parts.stillNeeded returns those of the processes that are needed
 */
export function createUsesPruning(
  database: Database,
  {
    before,
    stillNeeded,
  }: {
    readonly before: () => Date;
    readonly stillNeeded: (processes: readonly string[]) => Promise<ReadonlySet<string>>;
  },
): () => Promise<boolean> {
  // Rows that stay must not be read again and again: the next portion begins behind the last one.
  let behind: readonly [string, string] | undefined;
  return async () => {
    const rows = await database.query<{ key_id: string; process: string }>(
      `select key_id, process from sagaline.data_key_uses
        where used_at < $1 and ($2::uuid is null or (key_id, process) > ($2, $3::text))
        order by key_id, process limit ${PORTION}`,
      [before(), ...(behind ?? [null, null])],
    );
    const last = rows.at(-1);
    const isEnd = rows.length < PORTION;
    behind = isEnd || !last ? undefined : [last.key_id, last.process];
    const needed = await stillNeeded([...new Set(rows.map(({ process }) => process))]);
    const gone = rows.filter(({ process }) => !needed.has(process));
    // A process that has got the data again in the meantime stays.
    await database.query(
      `delete from sagaline.data_key_uses used using unnest($1::uuid[], $2::text[]) as gone (key_id, process)
        where used.key_id = gone.key_id and used.process = gone.process and used.used_at < $3`,
      [gone.map(({ key_id: id }) => id), gone.map(({ process }) => process), before()],
    );
    return !isEnd;
  };
}
