export interface StockLine {
  readonly sku: string;
  readonly quantity: number;
}

/** What one warehouse gives to an order: the contents of one parcel. */
export interface Allocation {
  readonly warehouse: string;
  readonly lines: readonly StockLine[];
}

/** The pieces of an article in a warehouse that no order has reserved. */
export interface Shelf {
  readonly warehouse: string;
  readonly sku: string;
  readonly onHand: number;
}

/** The warehouse of stock for which no other one is named. */
export const MAIN_WAREHOUSE = 'main';

/**
 * Allocates an order to as few warehouses as can supply all of it. Among sets of the same size, preferred warehouses come
 * first, then those that come first by name. It tries all sets of warehouses by their size: a shop has only a handful.
 *
 * @returns `undefined` when all warehouses together do not have enough
 */
export function allocate(
  lines: readonly StockLine[],
  shelves: readonly Shelf[],
  preferred: readonly string[] = [],
): Allocation[] | undefined {
  const rank = (warehouse: string) => (preferred.includes(warehouse) ? 0 : 1);
  const warehouses = [
    ...new Set(shelves.filter(({ onHand }) => onHand > 0).map(({ warehouse }) => warehouse)),
  ];
  warehouses.sort((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1));
  for (let size = 1; size <= warehouses.length; size++) {
    for (const some of subsets(warehouses, size)) {
      const found = allocateTo(some, lines, shelves);
      if (found) return found;
    }
  }
  return undefined;
}

function* subsets(of: readonly string[], size: number): Generator<readonly string[]> {
  if (size === 0) yield [];
  for (const [at, first] of of.entries())
    if (size > 0) for (const rest of subsets(of.slice(at + 1), size - 1)) yield [first, ...rest];
}

function allocateTo(
  warehouses: readonly string[],
  lines: readonly StockLine[],
  shelves: readonly Shelf[],
): Allocation[] | undefined {
  const parcels = new Map<string, StockLine[]>(warehouses.map((warehouse) => [warehouse, []]));
  for (const { sku, quantity } of lines) {
    const here = warehouses.map((warehouse) => ({ warehouse, onHand: onShelf(shelves, warehouse, sku) }));
    // A line is not split when one warehouse can supply all of it.
    const whole = here.find(({ onHand }) => onHand >= quantity);
    let left = quantity;
    for (const { warehouse, onHand } of whole ? [whole] : here) {
      const taken = Math.min(left, onHand);
      if (taken > 0) parcels.get(warehouse)?.push({ sku, quantity: taken });
      left -= taken;
    }
    if (left > 0) return undefined;
  }
  return [...parcels].flatMap(([warehouse, of]) => (of.length > 0 ? [{ warehouse, lines: of }] : []));
}

function onShelf(shelves: readonly Shelf[], warehouse: string, sku: string): number {
  return shelves.find((shelf) => shelf.warehouse === warehouse && shelf.sku === sku)?.onHand ?? 0;
}

/** The part of the lines that is in stock, over all warehouses. */
export function available(lines: readonly StockLine[], shelves: readonly Shelf[]): StockLine[] {
  return lines.flatMap(({ sku, quantity }) => {
    const there = shelves.filter((shelf) => shelf.sku === sku).reduce((sum, { onHand }) => sum + onHand, 0);
    return there > 0 ? [{ sku, quantity: Math.min(quantity, there) }] : [];
  });
}

/** Merges two allocations to one order. */
export function together(one: readonly Allocation[], other: readonly Allocation[]): Allocation[] {
  const parcels = new Map<string, Map<string, number>>();
  for (const { warehouse, lines } of [...one, ...other]) {
    const of = parcels.get(warehouse) ?? new Map<string, number>();
    parcels.set(warehouse, of);
    for (const { sku, quantity } of lines) of.set(sku, (of.get(sku) ?? 0) + quantity);
  }
  return [...parcels].map(([warehouse, of]) => ({
    warehouse,
    lines: [...of].map(([sku, quantity]) => ({ sku, quantity })),
  }));
}

/** What to take out of an allocation to make it smaller by the pieces in `fewer`: the last parcel gives first. */
export function takenOut(of: readonly Allocation[], fewer: readonly StockLine[]): Allocation[] {
  const left = new Map(fewer.map(({ sku, quantity }) => [sku, quantity]));
  return [...of].reverse().flatMap(({ warehouse, lines }) => {
    const out = lines.flatMap(({ sku, quantity }) => {
      const taken = Math.min(quantity, left.get(sku) ?? 0);
      left.set(sku, (left.get(sku) ?? 0) - taken);
      return taken > 0 ? [{ sku, quantity: taken }] : [];
    });
    return out.length > 0 ? [{ warehouse, lines: out }] : [];
  });
}

/** An allocation without what is taken out of it. */
export function without(of: readonly Allocation[], out: readonly Allocation[]): Allocation[] {
  const less = out.map(({ warehouse, lines }) => ({
    warehouse,
    lines: lines.map(({ sku, quantity }) => ({ sku, quantity: -quantity })),
  }));
  return together(of, less).flatMap(({ warehouse, lines }) => {
    const rest = lines.filter(({ quantity }) => quantity > 0);
    return rest.length > 0 ? [{ warehouse, lines: rest }] : [];
  });
}

/** Whether two parcels have the same contents. */
export function sameLines(one: readonly StockLine[], other: readonly StockLine[]): boolean {
  const pieces = new Map(one.map(({ sku, quantity }) => [sku, quantity]));
  return one.length === other.length && other.every(({ sku, quantity }) => pieces.get(sku) === quantity);
}
