// Which warehouses give what: the rules alone.
import fc from 'fast-check';
import type { Allocation, Shelf, StockLine } from '../../../../domains/shop/rules/allocation';
import {
  allocate,
  available,
  sameLines,
  takenOut,
  together,
  without,
} from '../../../../domains/shop/rules/allocation';

const SKUS = ['A', 'B', 'C'];
const WAREHOUSES = ['main', 'north', 'south'];
const shelf = (warehouse: string, sku: string, onHand: number): Shelf => ({ warehouse, sku, onHand });
const line = (sku: string, quantity: number): StockLine => ({ sku, quantity });
const pieces = (lines: readonly StockLine[], sku: string) =>
  lines.filter((each) => each.sku === sku).reduce((sum, { quantity }) => sum + quantity, 0);
const all = (allocation: readonly Allocation[]) => allocation.flatMap(({ lines }) => lines);

describe('an order', () => {
  test('goes in one parcel where one warehouse has all of it', () => {
    const shelves = [shelf('north', 'A', 5), shelf('south', 'A', 5), shelf('south', 'B', 1)];
    const lines = [line('A', 2), line('B', 1)];
    expect(allocate(lines, shelves)).toEqual([{ warehouse: 'south', lines }]);
  });

  test('goes from the first warehouse by name, or from one that is preferred', () => {
    const shelves = [shelf('south', 'A', 5), shelf('north', 'A', 5)];
    expect(allocate([line('A', 1)], shelves)).toMatchObject([{ warehouse: 'north' }]);
    expect(allocate([line('A', 1)], shelves, ['south'])).toMatchObject([{ warehouse: 'south' }]);
  });

  test('keeps a line together where one of its warehouses has all of it', () => {
    const shelves = [shelf('north', 'A', 3), shelf('south', 'A', 5), shelf('north', 'B', 1)];
    expect(allocate([line('A', 4), line('B', 1)], shelves)).toEqual([
      { warehouse: 'north', lines: [line('B', 1)] },
      { warehouse: 'south', lines: [line('A', 4)] },
    ]);
  });

  test('is not allocated where there is not enough', () => {
    expect(allocate([line('A', 3)], [shelf('north', 'A', 1), shelf('south', 'A', 1)])).toBeUndefined();
  });
});

const shelves = fc.array(
  fc.record({
    warehouse: fc.constantFrom(...WAREHOUSES),
    sku: fc.constantFrom(...SKUS),
    onHand: fc.nat(6),
  }),
  { maxLength: 9 },
);
const distinct = fc.uniqueArray(
  fc.record({ sku: fc.constantFrom(...SKUS), quantity: fc.integer({ min: 1, max: 8 }) }),
  { selector: ({ sku }) => sku, minLength: 1 },
);
const known = shelves.map((list) => [
  ...new Map(list.map((each) => [`${each.warehouse}/${each.sku}`, each])).values(),
]);

describe('whatever is on the shelves', () => {
  test('exactly what is wanted is given, of what is there, or it is not there', () => {
    fc.assert(
      fc.property(distinct, known, (lines, list) => {
        const allocation = allocate(lines, list);
        const enough = lines.every(({ sku, quantity }) => pieces(available(lines, list), sku) === quantity);
        expect(allocation !== undefined).toBe(enough);
        for (const { sku, quantity } of allocation ? lines : [])
          expect(pieces(all(allocation ?? []), sku)).toBe(quantity);
        for (const { warehouse, lines: given } of allocation ?? [])
          for (const { sku, quantity } of given)
            expect(quantity).toBeLessThanOrEqual(
              list.find((each) => each.warehouse === warehouse && each.sku === sku)?.onHand ?? 0,
            );
      }),
    );
  });

  test('no smaller number of warehouses has all of it', () => {
    fc.assert(
      fc.property(distinct, known, (lines, list) => {
        const used = allocate(lines, list)?.map(({ warehouse }) => warehouse) ?? [];
        for (const left of WAREHOUSES) {
          const others = WAREHOUSES.filter((warehouse) => warehouse !== left).slice(0, used.length - 1);
          if (used.length < 2) return;
          const some = list.filter(({ warehouse }) => others.includes(warehouse));
          expect(allocate(lines, some)).toBeUndefined();
        }
      }),
    );
  });

  test('what is taken out and what is left come to what there was', () => {
    fc.assert(
      fc.property(distinct, known, fc.nat(8), (lines, list, fewer) => {
        const allocation = allocate(lines, list) ?? [];
        const less =
          allocation.length === 0
            ? []
            : lines.map(({ sku, quantity }) => line(sku, Math.min(fewer, quantity)));
        const out = takenOut(allocation, less);
        const left = without(allocation, out);
        for (const { sku } of less) expect(pieces(all(out), sku)).toBe(pieces(less, sku));
        for (const sku of SKUS)
          expect(pieces(all(left), sku) + pieces(all(out), sku)).toBe(pieces(all(allocation), sku));
        const again = together(left, out);
        for (const { warehouse, lines: given } of allocation)
          expect(sameLines(again.find((each) => each.warehouse === warehouse)?.lines ?? [], given)).toBe(
            true,
          );
      }),
    );
  });
});
