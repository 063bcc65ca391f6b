import type { Transaction } from '../adapters/postgres';
import { RefusalError } from '../contracts';

/**
 * What is known of a step. `begun`: a provider is being asked, and the answer is not known yet. `compensating`: its
 * reversal is in progress. The other states are final, except `done`, which may still be compensated.
 */
export interface EffectRow {
  readonly state: 'begun' | 'done' | 'refused' | 'compensating' | 'compensated';
  readonly result: unknown;
}

/** The row of a step that is known to exist, locked until the transaction ends. */
export async function findEffect(tx: Transaction, key: string): Promise<EffectRow> {
  const [row] = await tx.query<{ state: EffectRow['state']; result: unknown }>(
    'select state, result from sagaline.effects where key = $1 for update',
    [key],
  );
  if (!row) throw new Error(`effect ${key} has vanished`);
  return row;
}

export function refusalOf({ result }: EffectRow): RefusalError {
  const { type, message } = result as { type: string; message: string };
  return new RefusalError(type, message);
}
