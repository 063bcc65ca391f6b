import type { Database, Transaction } from '../adapters/postgres';
import { DefectError, RefusalError, StepCompensatedError } from '../contracts';
import type { EffectRow } from './row';
import { findEffect, refusalOf } from './row';

/** A step at a provider that cannot take part in our transactions, but remembers idempotency keys. */
export interface ExternalStep<Result> {
  /** `<correlation key>:<step>:<revision>`; sent to the provider as its idempotency key. */
  readonly key: string;
  /** Kept with the intent, so that the step can be compensated even if only this row has the request. */
  readonly request?: object;
  /** Names of secrets in the request that are good for one use, such as a card's token: they are removed once it is settled. */
  readonly usedUp?: readonly string[];
  /**
   * Asks the provider for the result of the key; `undefined` if the provider does not know the key. May throw
   * RefusalError.
   */
  readonly find: () => Promise<Result | undefined>;
  /** Makes the call under the key. May throw RefusalError and DefectError. */
  readonly call: () => Promise<Result>;
  /** Stores the result, in the transaction that marks the step as done. */
  readonly record: (tx: Transaction, result: Result) => Promise<void>;
}

/**
 * Does a step at a provider, once. The intent is committed before the call. If the answer of an attempt is lost, the
 * next attempt sees the intent, and asks the provider before it repeats the call.
 *
 * @throws RefusalError, also on every repeat
 * @throws DefectError of `find` or `call`; the step stays as begun, so that its compensation finds out what became of
 * it
 * @throws StepCompensatedError if the step is being compensated, or was
 *
 * @example
 * await performOnce(database, {
 *   key: 'dev-1:openTicket:0',
 *   find: () => pager.ticketOf('dev-1:openTicket:0'),
 *   call: () => pager.open('dev-1:openTicket:0', 'dev-1'),
 *   record: async (transaction, { id }) => {
 *     await transaction.query('insert into devices.tickets (id) values ($1)', [id]);
 *   },
 * });
 */
export async function performOnce<Result>(database: Database, step: ExternalStep<Result>): Promise<Result> {
  const before = await database.transaction((tx) => begin(tx, step));
  if (before.state === 'done') return before.result as Result;
  if (before.state === 'refused') throw refusalOf(before);

  let result: Result;
  try {
    const known = before.state === 'begun' ? await step.find() : undefined;
    // `null` is a valid result.
    result = known === undefined ? await step.call() : known;
  } catch (error) {
    if (error instanceof RefusalError) await settleBegun(database, step, 'refused', pickRefusal(error));
    throw error;
  }
  return database.transaction(async (tx) => {
    const settled = await settle(tx, step, 'done', result);
    if (settled) await step.record(tx, result);
    return result;
  });
}

/** Returns what was known before this attempt; `fresh` for the first attempt, whose intent is now recorded. */
async function begin(
  tx: Transaction,
  { key, request }: Pick<ExternalStep<unknown>, 'key' | 'request'>,
): Promise<EffectRow | { state: 'fresh'; result: undefined }> {
  const [first] = await tx.query(
    `insert into sagaline.effects (key, state, request) values ($1, 'begun', $2) on conflict do nothing returning key`,
    [key, request ? JSON.stringify(request) : null],
  );
  if (first) return { state: 'fresh', result: undefined };
  const row = await findEffect(tx, key);
  if (row.state === 'compensating' || row.state === 'compensated') throw new StepCompensatedError(key);
  return row;
}

type Settling = Pick<ExternalStep<unknown>, 'key' | 'usedUp'>;

function settleBegun(
  database: Database,
  step: Settling,
  state: 'done' | 'refused',
  result: unknown,
): Promise<boolean> {
  return database.transaction((tx) => settle(tx, step, state, result));
}

/** @returns false if a parallel attempt of the same step has settled it already, with the same answer. */
async function settle(
  tx: Transaction,
  { key, usedUp = [] }: Settling,
  state: 'done' | 'refused',
  result: unknown,
): Promise<boolean> {
  const row = await findEffect(tx, key);
  if (row.state === 'compensating' || row.state === 'compensated') throw new StepCompensatedError(key);
  if (row.state !== 'begun') return false;
  await tx.query(
    `update sagaline.effects set state = $2, result = $3, request = request - $4::text[], updated_at = now()
      where key = $1`,
    [key, state, JSON.stringify(result ?? null), usedUp],
  );
  return true;
}

function pickRefusal({ type, message }: RefusalError): { type: string; message: string } {
  return { type, message };
}

/** The compensation of an {@link ExternalStep}. */
export interface ExternalReversal<Result> extends Pick<ExternalStep<Result>, 'key' | 'find' | 'usedUp'> {
  /**
   * Repeats the step's own call under its own key. Whichever of the two calls reaches the provider first, both get the
   * same answer. After that, there is a definite result to reverse.
   */
  readonly claim: () => Promise<Result>;
  /** Reverses what the step did. Idempotent at the provider, under a key of its own. */
  readonly reverse: (result: Result) => Promise<void>;
  readonly record: (tx: Transaction, result: Result) => Promise<void>;
}

/**
 * Compensates a step at a provider, or makes sure that it never happens. If the step's outcome is unknown, it is found
 * out first, because a call may still be in flight. You can repeat it safely until it succeeds.
 *
 * @example
 * await reverseOnce(database, {
 *   key: 'dev-1:openTicket:0',
 *   find: () => pager.ticketOf('dev-1:openTicket:0'),
 *   claim: () => pager.open('dev-1:openTicket:0', 'dev-1'),
 *   reverse: ({ id }) => pager.close(id),
 *   record: async (transaction, { id }) => {
 *     await transaction.query('delete from devices.tickets where id = $1', [id]);
 *   },
 * });
 */
export async function reverseOnce<Result>(
  database: Database,
  reversal: ExternalReversal<Result>,
): Promise<void> {
  const { key, usedUp = [] } = reversal;
  const before = await database.transaction((tx) => beginReversal(tx, key));
  if (!before) return;

  const result = before.result === null ? await outcomeOf(reversal) : (before.result as Result);
  if (result !== undefined) await reversal.reverse(result);
  await database.transaction(async (tx) => {
    const row = await findEffect(tx, key);
    if (row.state !== 'compensating') return;
    await tx.query(
      `update sagaline.effects set state = 'compensated', request = request - $2::text[], updated_at = now()
        where key = $1`,
      [key, usedUp],
    );
    if (result !== undefined) await reversal.record(tx, result);
  });
}

/**
 * Records that the step is being compensated: from here on, no late attempt of the step can complete. Returns
 * `undefined` if there is nothing to reverse.
 */
async function beginReversal(tx: Transaction, key: string): Promise<EffectRow | undefined> {
  const [tombstone] = await tx.query(
    `insert into sagaline.effects (key, state) values ($1, 'compensated') on conflict do nothing returning key`,
    [key],
  );
  if (tombstone) return undefined;
  const row = await findEffect(tx, key);
  if (row.state === 'compensated' || row.state === 'refused') return undefined;
  await tx.query(`update sagaline.effects set state = 'compensating', updated_at = now() where key = $1`, [
    key,
  ]);
  return row;
}

/**
 * Finds out what became of a step of which only the intent is known; `undefined`: it has not happened, and never will.
 */
export async function outcomeOf<Result>({
  find,
  claim,
}: Pick<ExternalReversal<Result>, 'find' | 'claim'>): Promise<Result | undefined> {
  try {
    const known = await find();
    if (known !== undefined) return known;
  } catch (error) {
    if (error instanceof RefusalError) return undefined;
    throw error;
  }
  try {
    return await claim();
  } catch (error) {
    // The provider does not know the key, and does not accept the request: the step never happened.
    const neverMade = error instanceof DefectError && error.effect === 'none';
    if (neverMade || error instanceof RefusalError) return undefined;
    throw error;
  }
}
