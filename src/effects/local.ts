import type { Database, Transaction } from '../adapters/postgres';
import { RefusalError, StepCompensatedError } from '../contracts';
import type { EffectRow } from './row';
import { findEffect, refusalOf } from './row';

/**
 * Does a step in our own database, once. The first attempt writes the effect, its outbox rows and the step's row in one
 * transaction; every further attempt gets the stored result.
 *
 * @param key `<correlation key>:<step>:<revision>`
 * @param work may throw {@link RefusalError}: its changes are rolled back and the refusal is stored as the result
 * @throws RefusalError, also on every repeat
 * @throws StepCompensatedError if the step was compensated, before or after it was done
 *
 * @example
 * await doOnce(database, 'dev-1:openAlert:0', async (transaction) => {
 *   await transaction.query('insert into devices.alerts (device_id) values ($1)', ['dev-1']);
 * });
 */
export async function doOnce<Result>(
  database: Database,
  key: string,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  const outcome = await database.transaction(async (tx) => {
    const [first] = await tx.query(
      `insert into sagaline.effects (key, state) values ($1, 'done') on conflict do nothing returning key`,
      [key],
    );
    return first
      ? doAndStore(tx, key, work)
      : (storedOutcome(key, await findEffect(tx, key)) as Outcome<Result>);
  });
  if (outcome.kind === 'refused') throw outcome.refusal;
  return outcome.result;
}

type Outcome<Result> =
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'refused'; readonly refusal: RefusalError };

async function doAndStore<Result>(
  tx: Transaction,
  key: string,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Outcome<Result>> {
  await tx.query('savepoint work');
  try {
    const result = await work(tx);
    await tx.query(`update sagaline.effects set result = $2 where key = $1`, [
      key,
      JSON.stringify(result ?? null),
    ]);
    return { kind: 'done', result };
  } catch (error) {
    if (!(error instanceof RefusalError)) throw error;
    await tx.query('rollback to savepoint work');
    const stored = JSON.stringify({ type: error.type, message: error.message });
    await tx.query(`update sagaline.effects set state = 'refused', result = $2 where key = $1`, [
      key,
      stored,
    ]);
    return { kind: 'refused', refusal: error };
  }
}

function storedOutcome(key: string, row: EffectRow): Outcome<unknown> {
  switch (row.state) {
    case 'done':
      return { kind: 'done', result: row.result };
    case 'refused':
      return { kind: 'refused', refusal: refusalOf(row) };
    case 'begun':
    case 'compensating':
    case 'compensated':
      throw new StepCompensatedError(key);
  }
}

/**
 * Compensates a step, or makes sure that it is never done: a step that has not happened yet gets a tombstone, which its
 * late attempt finds. You can repeat it safely.
 *
 * @param work compensates the effect; called only if the step was done, at most once
 *
 * @example
 * await compensateOnce(database, 'dev-1:openAlert:0', async (transaction) => {
 *   await transaction.query('delete from devices.alerts where device_id = $1', ['dev-1']);
 * });
 */
export async function compensateOnce(
  database: Database,
  key: string,
  work: (tx: Transaction, result: unknown) => Promise<void>,
): Promise<void> {
  await database.transaction(async (tx) => {
    const [tombstone] = await tx.query(
      `insert into sagaline.effects (key, state) values ($1, 'compensated') on conflict do nothing returning key`,
      [key],
    );
    if (tombstone) return;
    const row = await findEffect(tx, key);
    if (row.state !== 'done') return;
    await work(tx, row.result);
    await tx.query(`update sagaline.effects set state = 'compensated', updated_at = now() where key = $1`, [
      key,
    ]);
  });
}
