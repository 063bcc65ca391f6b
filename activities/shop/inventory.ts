import { z } from 'zod';
import type { Allocation, StockLine } from '../../domains/shop/rules/allocation';
import { activity } from 'sagaline/activities';
import { orderId, requestCompensated, stepKey, stockLines } from './shapes';

const warehouse = z.string().min(1);
const reserveStock = z.object({
  key: stepKey,
  orderId,
  lines: stockLines,
  /** Warehouses that the order has parcels in already. */
  preferred: z.array(warehouse),
});
const availableStock = z.object({ orderId, lines: stockLines });
/** Of the reservation only its key and its order are used: a repair has no more on record. */
const releaseStock = z.object({ undoes: requestCompensated<z.infer<typeof reserveStock>>() });
const shipStock = z.object({ key: stepKey, orderId, warehouse });
const reduceStock = z.object({ key: stepKey, orderId, lines: stockLines, warehouse });

export type ReserveStock = z.infer<typeof reserveStock>;
export type ReleaseStock = z.infer<typeof releaseStock>;
export type AvailableStock = z.infer<typeof availableStock>;
export type ReduceStock = z.infer<typeof reduceStock>;
export type ShipStock = z.infer<typeof shipStock>;

/** The warehouses: on hand + reserved + shipped = received, for every sku in each, at every moment. */
export interface Inventory {
  /**
   * Sets all lines aside, or none; beside what other steps have set aside for the order.
   * @returns which warehouses give what, as few as possible
   * @throws RefusalError of type `out-of-stock` where nothing of it is there, `partial-stock` where only some of it is
   */
  reserveStock(input: ReserveStock): Promise<Allocation[]>;
  /** What of the lines is on hand now, in all warehouses together; it may be gone a moment later. */
  availableStock(input: AvailableStock): Promise<StockLine[]>;
  /** Puts back on hand what is left of a step's reservation; one that was never made will not be. */
  releaseStock(input: ReleaseStock): Promise<void>;
  /** Puts some of what is reserved for the order in a warehouse back on hand: what was reserved last goes first. */
  reduceStock(input: ReduceStock): Promise<void>;
  /** What is reserved for the order in one warehouse has left. */
  shipStock(input: ShipStock): Promise<void>;
}

export function createInventoryActivities(inventory: Inventory) {
  return {
    reserveStock: activity(reserveStock, (input) => inventory.reserveStock(input)),
    releaseStock: activity(releaseStock, (input) => inventory.releaseStock(input)),
    availableStock: activity(availableStock, (input) => inventory.availableStock(input)),
    reduceStock: activity(reduceStock, (input) => inventory.reduceStock(input)),
    shipStock: activity(shipStock, (input) => inventory.shipStock(input)),
  };
}

export type InventoryActivities = ReturnType<typeof createInventoryActivities>;
