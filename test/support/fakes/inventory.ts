import type { Inventory, ReduceStock, ReserveStock } from '../../../activities/shop/inventory';
import { RefusalError } from '../../../src/contracts';
import { REFUSALS } from '../../../src/domains/shop/names';
import type { FakeEffects } from './effects';

export type InventoryStep = keyof Inventory;

export interface Stock {
  received: number;
  onHand: number;
  reserved: number;
  shipped: number;
}

export interface FakeInventory extends Inventory {
  receive(sku: string, quantity: number): void;
  stockOf(sku: string): Stock;
  /** What is reserved for an order and neither released nor shipped. */
  reservedFor(orderId: string): ReserveStock['lines'];
}

/** @param onFirstSight how many there are of a sku that nobody has received */
export function createFakeInventory(effects: FakeEffects<InventoryStep>, onFirstSight = 0): FakeInventory {
  const stock = new Map<string, Stock>();
  /** Of an order, by the key of the step that made them. */
  const reservations = new Map<string, Map<string, ReserveStock['lines']>>();

  function stockOf(sku: string): Stock {
    const known = stock.get(sku);
    if (known) return known;
    const fresh = { received: onFirstSight, onHand: onFirstSight, reserved: 0, shipped: 0 };
    stock.set(sku, fresh);
    return fresh;
  }

  const madeFor = (orderId: string) => reservations.get(orderId) ?? new Map<string, ReserveStock['lines']>();

  function move(lines: ReserveStock['lines'], to: 'onHand' | 'shipped'): void {
    for (const { sku, quantity } of lines) {
      const of = stockOf(sku);
      of.reserved -= quantity;
      of[to] += quantity;
    }
  }

  function release(orderId: string, step: string): void {
    move(madeFor(orderId).get(step) ?? [], 'onHand');
    madeFor(orderId).delete(step);
  }

  function ship(orderId: string): void {
    for (const lines of madeFor(orderId).values()) move(lines, 'shipped');
    reservations.delete(orderId);
  }

  const reservedFor = (orderId: string) => {
    const pieces = new Map<string, number>();
    for (const { sku, quantity } of [...madeFor(orderId).values()].flat())
      pieces.set(sku, (pieces.get(sku) ?? 0) + quantity);
    return pieces;
  };

  /** What was reserved last goes first. */
  function reduce({ orderId, lines }: ReduceStock): void {
    for (const { sku, quantity } of lines)
      if ((reservedFor(orderId).get(sku) ?? 0) < quantity)
        throw new Error(`order ${orderId} has not ${quantity} of ${sku} reserved`);
    for (const { sku, quantity } of lines) {
      let left = quantity;
      for (const [step, reserved] of [...madeFor(orderId)].reverse()) {
        const back = Math.min(left, reserved.find((line) => line.sku === sku)?.quantity ?? 0);
        left -= back;
        const rest = reserved.map((line) =>
          line.sku === sku ? { sku, quantity: line.quantity - back } : line,
        );
        madeFor(orderId).set(
          step,
          rest.filter((line) => line.quantity > 0),
        );
      }
    }
    move(lines, 'onHand');
  }

  return {
    reserveStock: (input) =>
      effects.doOnce('reserveStock', input.key, input, () => {
        for (const { sku, quantity } of input.lines) {
          if (stockOf(sku).onHand < quantity)
            throw new RefusalError(REFUSALS.outOfStock, `there are not ${quantity} of ${sku} on hand`);
        }
        for (const { sku, quantity } of input.lines) {
          stockOf(sku).onHand -= quantity;
          stockOf(sku).reserved += quantity;
        }
        reservations.set(input.orderId, madeFor(input.orderId).set(input.key, input.lines));
      }),

    releaseStock: (input) =>
      effects.undoOnce('releaseStock', input.undoes, input, () => release(input.orderId, input.undoes)),

    reduceStock: (input) => effects.doOnce('reduceStock', input.key, input, () => reduce(input)),

    shipStock: (input) => effects.doOnce('shipStock', input.key, input, () => ship(input.orderId)),

    receive: (sku, quantity) => {
      const of = stockOf(sku);
      of.received += quantity;
      of.onHand += quantity;
    },
    stockOf: (sku) => ({ ...stockOf(sku) }),
    reservedFor: (orderId) => [...reservedFor(orderId)].map(([sku, quantity]) => ({ sku, quantity })),
  };
}
