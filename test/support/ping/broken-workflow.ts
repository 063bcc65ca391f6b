import { condition } from '@temporalio/workflow';
import type { SagaResult } from '../../../src/contracts/names/saga';

/** Has a defect: it throws an ordinary error, so that the workflow task fails and is retried, and not the workflow. */
export async function broken({ sound = false }: { readonly sound?: boolean }): Promise<SagaResult> {
  if (!sound) throw new TypeError('nobody has thought of this');
  await condition(() => false);
  return { state: 'never', seen: [] };
}

/** Has a defect: it never gives its thread back, at once or after a promise. */
export async function endless({ later = false }: { readonly later?: boolean }): Promise<never> {
  if (later) await Promise.resolve();
  for (;;);
}
