import { condition } from '@temporalio/workflow';
import type { SagaResult } from '../../../src/contracts/names/saga';

/** As by a defect: its code throws, and not as a workflow fails, so that the workflow task fails and is tried again. */
export async function broken({ sound = false }: { readonly sound?: boolean }): Promise<SagaResult> {
  if (!sound) throw new TypeError('nobody has thought of this');
  await condition(() => false);
  return { state: 'never', seen: [] };
}
