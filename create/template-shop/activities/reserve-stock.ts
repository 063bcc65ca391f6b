import { activity } from 'sagaline/activities';
import { z } from 'zod';

const id = z.string().min(1).max(64);
const reserveStock = z.object({ key: z.string(), sku: id, quantity: z.int().min(1) });
const releaseStock = z.object({ undoes: reserveStock });

export interface ReserveStock {
  /** @throws RefusalError of type `out-of-stock` */
  reserveStock(input: z.infer<typeof reserveStock>): Promise<void>;
  /** Compensates `reserveStock`, or prevents it if it has not been done yet. */
  releaseStock(input: z.infer<typeof releaseStock>): Promise<void>;
}

export function createReserveStockActivities(port: ReserveStock) {
  return {
    reserveStock: activity(reserveStock, (input) => port.reserveStock(input)),
    releaseStock: activity(releaseStock, (input) => port.releaseStock(input)),
  };
}

export type ReserveStockActivities = ReturnType<typeof createReserveStockActivities>;
