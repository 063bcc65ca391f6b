import type { Inventory, ReserveStock } from '../../../activities/shop/inventory';
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
  const reservations = new Map<string, ReserveStock['lines']>();

  function stockOf(sku: string): Stock {
    const known = stock.get(sku);
    if (known) return known;
    const fresh = { received: onFirstSight, onHand: onFirstSight, reserved: 0, shipped: 0 };
    stock.set(sku, fresh);
    return fresh;
  }

  function move(orderId: string, to: 'onHand' | 'shipped'): void {
    for (const { sku, quantity } of reservations.get(orderId) ?? []) {
      const of = stockOf(sku);
      of.reserved -= quantity;
      of[to] += quantity;
    }
    reservations.delete(orderId);
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
        reservations.set(input.orderId, input.lines);
      }),

    releaseStock: (input) =>
      effects.undoOnce('releaseStock', input.undoes, input, () => move(input.orderId, 'onHand')),

    shipStock: (input) => effects.doOnce('shipStock', input.key, input, () => move(input.orderId, 'shipped')),

    receive: (sku, quantity) => {
      const of = stockOf(sku);
      of.received += quantity;
      of.onHand += quantity;
    },
    stockOf: (sku) => ({ ...stockOf(sku) }),
    reservedFor: (orderId) => reservations.get(orderId) ?? [],
  };
}
