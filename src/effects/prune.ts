import type { Database } from '../adapters/postgres';

/** Rows that are read together: some fifty processes of ten steps. */
const LOOKED_AT = 500;
/**
 * First part of the key of a workflow's dead letter, `dead-letter:<workflow id>:…`. It belongs to no process, and is
 * safe to repeat.
 */
const DEAD_LETTERING = 'dead-letter';

/** Which effects may be removed. */
export interface PruneOptions {
  /** Rows that have changed since this time stay, and all other rows of their process. */
  readonly before: () => Date;
  /**
   * Returns the processes that may still go on. A process is a correlation key; an occurrence is `<correlation
   * key>.<occurrence>`.
   */
  readonly stillNeeded: (processes: readonly string[]) => Promise<ReadonlySet<string>>;
}

/**
 * Removes the rows of processes that do not go on any more. All rows of a process are removed together, if none has
 * changed since `before`, none is `begun` or `compensating`, and `stillNeeded` does not name the process.
 *
 * @returns a chore that checks one portion, the oldest first, and resolves to whether there is more
 *
 * @example
 * const prune = createEffectsPruning(database, {
 *   before: () => new Date(Date.now() - 180 * 24 * 60 * 60_000),
 *   stillNeeded: () => Promise.resolve(new Set<string>()),
 * });
 * while (await prune());
 */
export function createEffectsPruning(
  database: Database,
  { before, stillNeeded }: PruneOptions,
): () => Promise<boolean> {
  const start = { updatedAt: '-infinity', key: '' };
  let cursor = start;
  return async () => {
    const limit = before();
    const rows = await database.query<{ key: string; process: string; updated_at: string }>(
      `select key, split_part(key, ':', 1) as process, updated_at::text from sagaline.effects
        where updated_at < $1 and (updated_at, key) > ($2, $3) order by updated_at, key limit ${LOOKED_AT}`,
      [limit, cursor.updatedAt, cursor.key],
    );
    const last = rows.at(-1);
    const isMore = rows.length === LOOKED_AT && last !== undefined;
    cursor = isMore ? { updatedAt: last.updated_at, key: last.key } : start;

    const deadLetterChannel = rows.filter(({ process }) => process === DEAD_LETTERING).map(({ key }) => key);
    await database.query('delete from sagaline.effects where key = any($1)', [deadLetterChannel]);

    const processes = [...new Set(rows.map(({ process }) => process))].filter(
      (each) => each !== DEAD_LETTERING,
    );
    const quiet = await quietOf(database, processes, limit);
    if (quiet.length > 0) {
      const needed = await stillNeeded(quiet);
      await forget(
        database,
        quiet.filter((each) => !needed.has(each)),
        limit,
      );
    }
    return isMore;
  };
}

/** All rows of process p; these operators use the index by process. */
const OF_PROCESS = `(e.key = p or e.key ~>=~ (p || ':') and e.key ~<~ (p || ';'))`;
const UNSETTLED = `e.state in ('begun', 'compensating')`;

async function quietOf(database: Database, processes: readonly string[], before: Date): Promise<string[]> {
  const rows = await database.query<{ p: string }>(
    `select p from unnest($1::text[]) as p where not exists
       (select from sagaline.effects e where ${OF_PROCESS} and (e.updated_at >= $2 or ${UNSETTLED}))`,
    [processes, before],
  );
  return rows.map(({ p }) => p);
}

/** Checks the condition again in the same statement, because a process may have gone on meanwhile. */
async function forget(database: Database, processes: readonly string[], before: Date): Promise<void> {
  await database.query(
    `delete from sagaline.effects where key in (
       select d.key from unnest($1::text[]) as p
         join sagaline.effects d on (d.key = p or d.key ~>=~ (p || ':') and d.key ~<~ (p || ';'))
        where not exists
          (select from sagaline.effects e where ${OF_PROCESS} and (e.updated_at >= $2 or ${UNSETTLED})))`,
    [processes, before],
  );
}
