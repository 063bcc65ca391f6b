import { z } from 'zod';
import { activity } from '../../src/effects';
import { orderId, stepKey, stockLines } from './shapes';

const reserveStock = z.object({ key: stepKey, orderId, lines: stockLines });
const releaseStock = z.object({ /** Key of the reservation. */ undoes: stepKey, orderId });
const shipStock = z.object({ key: stepKey, orderId });
const reduceStock = z.object({ key: stepKey, orderId, lines: stockLines });

export type ReserveStock = z.infer<typeof reserveStock>;
export type ReleaseStock = z.infer<typeof releaseStock>;
export type ReduceStock = z.infer<typeof reduceStock>;
export type ShipStock = z.infer<typeof shipStock>;

/** The warehouse: on hand + reserved + shipped = received, for every sku, at every moment. */
export interface Inventory {
  /**
   * Sets all lines aside, or none; beside what other steps have set aside for the order.
   * @throws RefusalError of type `out-of-stock`
   */
  reserveStock(input: ReserveStock): Promise<void>;
  /** Puts back on hand what is left of a step's reservation; one that was never made will not be. */
  releaseStock(input: ReleaseStock): Promise<void>;
  /** Puts some of what is reserved for the order back on hand: what was reserved last goes first. */
  reduceStock(input: ReduceStock): Promise<void>;
  /** The order's reserved stock has left the warehouse. */
  shipStock(input: ShipStock): Promise<void>;
}

export function createInventoryActivities(inventory: Inventory) {
  return {
    reserveStock: activity(reserveStock, (input) => inventory.reserveStock(input)),
    releaseStock: activity(releaseStock, (input) => inventory.releaseStock(input)),
    reduceStock: activity(reduceStock, (input) => inventory.reduceStock(input)),
    shipStock: activity(shipStock, (input) => inventory.shipStock(input)),
  };
}

export type InventoryActivities = ReturnType<typeof createInventoryActivities>;
