/** All that a run does, decided before it begins. */
import { seededRandom } from '../../../src/dev/random';
import { KIND_NAMES } from '../generator/kinds';
import type { Fault, Focus } from './faults';
import { planFaults } from './faults';
import type { PlannedOrder } from './orders';
import { planOrders } from './orders';

export interface RunOptions {
  readonly seed: number;
  readonly orders: number;
  readonly seconds: number;
  readonly focus?: Focus | undefined;
}

export interface Plan {
  readonly orders: readonly PlannedOrder[];
  readonly faults: readonly Fault[];
}

/** The last orders, with what is said of them later, meet faults too; a short run leaves half of its time for that. */
const LAST_ORDERS_MS = 30_000;

/** The same options give the same plan. Orders and faults have dice of their own. */
export function planOf({ seed, orders, seconds, focus }: RunOptions): Plan {
  const overMs = seconds * 1_000;
  return {
    orders: planOrders(seededRandom(seed), {
      seed,
      orders,
      overMs: Math.max(overMs / 2, overMs - LAST_ORDERS_MS),
      kinds: KIND_NAMES,
    }),
    faults: planFaults(seededRandom(~seed), { overMs, ...(focus && { focus }) }),
  };
}
