import { z } from 'zod';
import type { Allocation, StockLine } from '../../domains/shop/rules/allocation';
import { activity } from 'sagaline/activities';
import { orderId, requestCompensated, stepKey, stockLines } from './shapes';

const warehouse = z.string().min(1);
const reserveStock = z.object({
  key: stepKey,
  orderId,
  lines: stockLines,
  /** Warehouses in which the order already has parcels. */
  preferred: z.array(warehouse),
});
const availableStock = z.object({ orderId, lines: stockLines });
/** Only the key and the order of the reservation are used: a repair has no more on record. */
const releaseStock = z.object({
  undoes: requestCompensated<Pick<ReserveStock, 'key' | 'orderId'> & Partial<ReserveStock>>(),
});
const shipStock = z.object({ key: stepKey, orderId, warehouse });
const reduceStock = z.object({ key: stepKey, orderId, lines: stockLines, warehouse });

export type ReserveStock = z.infer<typeof reserveStock>;
export type ReleaseStock = z.infer<typeof releaseStock>;
export type AvailableStock = z.infer<typeof availableStock>;
export type ReduceStock = z.infer<typeof reduceStock>;
export type ShipStock = z.infer<typeof shipStock>;

/** The stock of all warehouses. For every sku in each: on hand + reserved + shipped = received, at every moment. */
export interface Inventory {
  /**
   * Reserves all lines, or none, in addition to what other steps have reserved for the order.
   * @returns the allocation to as few warehouses as possible
   * @throws RefusalError of type `out-of-stock` when nothing of it is in stock, `partial-stock` when only a part is
   */
  reserveStock(input: ReserveStock): Promise<Allocation[]>;
  /** The part of the lines that is on hand now, in all warehouses together; it may be gone a moment later. */
  availableStock(input: AvailableStock): Promise<StockLine[]>;
  /** Puts back on hand what is left of a step's reservation. A reservation that was never made is then never made later. */
  releaseStock(input: ReleaseStock): Promise<void>;
  /** Puts a part of what is reserved for the order in a warehouse back on hand: what was reserved last goes first. */
  reduceStock(input: ReduceStock): Promise<void>;
  /** Books out what is reserved for the order in one warehouse: it has left. */
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
