import { sleep } from '@temporalio/workflow';
import {
  demand as presentDemand,
  order as present,
  reconciliation as presentReconciliation,
  repair as presentRepair,
} from '../../../../workflows/shop';

/**
 * The order workflow with a careless change that ignores open orders: a pause before everything else. The recorded histories
 * must not replay on it.
 */
export async function order(input: { key: string }): ReturnType<typeof present> {
  await sleep('1 second');
  return present(input);
}

/** The batcher with the same change. */
export async function demand(input: Parameters<typeof presentDemand>[0]): ReturnType<typeof presentDemand> {
  await sleep('1 second');
  return presentDemand(input);
}

/** The reconciliation with the same change. */
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
