import type { CompensatableCall } from 'sagaline/workflow';
import { FAILURES, SagaFailure } from 'sagaline/workflow';
import type { Allocation, StockLine } from '../../../domains/shop/rules/allocation';
import type { Order, Parcel } from './parts';
import { piecesOf, COMPENSATED, unlessCompensated } from './steps';

/** @param preferred warehouses in which the order already has parcels */
export function reservation(
  { steps }: Order,
  lines: readonly StockLine[],
  preferred: readonly string[] = [],
): CompensatableCall<Allocation[]> {
  return steps.reserveStock({ lines: piecesOf(lines), preferred: [...preferred] });
}

/** Gives back what the order does not need any more. */
export async function reduceStock(
  { steps, forward }: Order,
  { warehouse, lines }: Allocation,
): Promise<void> {
  await forward.retriable(steps.reduceStock({ warehouse, lines: piecesOf(lines) }));
}

/**
 * Books out the stock of one parcel: it has left its warehouse.
 *
 * @throws SagaFailure of type `step-compensated` when a repair has compensated the order: no person is asked about it
 */
export async function shipStock(
  { steps, forward }: Order,
  { warehouse }: Pick<Parcel, 'warehouse'>,
): Promise<void> {
  const { run, ...call } = steps.shipStock({ warehouse });
  const outcome = await forward.retriable({ ...call, run: (within) => unlessCompensated(() => run(within)) });
  if (outcome === COMPENSATED)
    throw new SagaFailure('defect', FAILURES.stepCompensated, `${call.key} was compensated`);
}
