import type { Database } from '../adapters/postgres';
import type { EffectRow } from './row';

/** A recorded step, with the request to a provider if there was one. */
export interface RecordedStep {
  readonly key: string;
  readonly state: EffectRow['state'];
  readonly request?: unknown;
}

/** More steps than any process has. A process with more must not be compensated by command. */
const AT_MOST = 500;

/**
 * Returns the steps of one process, with all its occurrences, the oldest first.
 *
 * @example
 * const steps = await stepsOfProcess(database, 'dev-1');
 * const done = steps.filter(({ state }) => state === 'done');
 */
export async function stepsOfProcess(database: Database, correlationKey: string): Promise<RecordedStep[]> {
  const rows = await database.query<{ key: string; state: EffectRow['state']; request: unknown }>(
    `select key, state, request from sagaline.effects
      where key like $1 or key like $2 order by created_at, key limit ${AT_MOST}`,
    [':%', '.%'].map((rest) => correlationKey.replace(/[_%\\]/g, '\\$&') + rest),
  );
  return rows.map(({ key, state, request }) => ({ key, state, ...(request !== null && { request }) }));
}

/**
 * Keeps steps that never began from being done later. Keys that are already recorded stay as they are.
 *
 * @example
 * await layTombstones(database, ['dev-1:openTicket:0']);
 */
export async function layTombstones(database: Database, keys: readonly string[]): Promise<void> {
  await database.query(
    `insert into sagaline.effects (key, state) select unnest($1::text[]), 'compensated' on conflict do nothing`,
    [keys],
  );
}
