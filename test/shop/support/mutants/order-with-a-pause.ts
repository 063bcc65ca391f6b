import { sleep } from '@temporalio/workflow';
import {
  demand as presentDemand,
  order as present,
  reconciliation as presentReconciliation,
  repair as presentRepair,
} from '../../../../workflows/shop';

/**
 * The order workflow, changed as somebody might change it without a thought for the orders that are under way: a pause
 * before everything else. Its histories must not replay.
 */
export async function order(input: { key: string }): ReturnType<typeof present> {
  await sleep('1 second');
  return present(input);
}

/** The batcher, in the same way. */
export async function demand(input: Parameters<typeof presentDemand>[0]): ReturnType<typeof presentDemand> {
  await sleep('1 second');
  return presentDemand(input);
}

/** What finds and repairs, in the same way. */
export async function reconciliation(
  input: Parameters<typeof presentReconciliation>[0],
): ReturnType<typeof presentReconciliation> {
  await sleep('1 second');
  return presentReconciliation(input);
}

export async function repair(input: { key: string }): ReturnType<typeof presentRepair> {
  await sleep('1 second');
  return presentRepair(input);
}
