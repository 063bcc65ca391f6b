import type { Inventory, ReduceStock, ReserveStock } from '../../../../activities/shop/inventory';
import { RefusalError } from '../../../../src/contracts';
import { REFUSALS } from '../../../../domains/shop/names';
import type { Allocation, StockLine } from '../../../../domains/shop/rules/allocation';
import { allocate, available, MAIN_WAREHOUSE } from '../../../../domains/shop/rules/allocation';
import type { FakeEffects, Player } from 'sagaline/testing';

export type InventoryStep = keyof Inventory;

export interface Stock {
  received: number;
  onHand: number;
  reserved: number;
  shipped: number;
}

export interface FakeInventory extends Inventory {
  receive(sku: string, quantity: number, warehouse?: string): void;
  /** In all warehouses together, or in one. */
  stockOf(sku: string, warehouse?: string): Stock;
  /** What is reserved for an order and neither released nor shipped. */
  reservedFor(orderId: string): StockLine[];
  /** The number of pieces that have left for an order. */
  shippedFor(orderId: string): number;
}

interface Reservation extends StockLine {
  readonly orderId: string;
  readonly step: string;
  readonly warehouse: string;
}

/** @param onFirstSight the stock, in the main warehouse, of a sku that was never received */
export function createFakeInventory(
  player: Player<InventoryStep>,
  effects: FakeEffects<InventoryStep>,
  onFirstSight = 0,
): FakeInventory {
  const stock = new Map<string, Map<string, Stock>>();
  /** In the order in which they were made. */
  let reservations: Reservation[] = [];
  const shipped = new Map<string, number>();

  function warehousesOf(sku: string): Map<string, Stock> {
    const known = stock.get(sku) ?? new Map<string, Stock>();
    if (known.size === 0)
      known.set(MAIN_WAREHOUSE, { received: onFirstSight, onHand: onFirstSight, reserved: 0, shipped: 0 });
    stock.set(sku, known);
    return known;
  }

  function shelf(warehouse: string, sku: string): Stock {
    const known = warehousesOf(sku).get(warehouse);
    if (!known) throw new Error(`there is no ${sku} in ${warehouse}`);
    return known;
  }

  const shelvesOf = (lines: ReserveStock['lines']) =>
    lines.flatMap(({ sku }) =>
      [...warehousesOf(sku)].map(([warehouse, { onHand }]) => ({ warehouse, sku, onHand })),
    );

  function reserve({ key, orderId, lines, preferred }: ReserveStock): Allocation[] {
    const shelves = shelvesOf(lines);
    const allocation = allocate(lines, shelves, preferred);
    if (!allocation) {
      const type = available(lines, shelves).length === 0 ? REFUSALS.outOfStock : REFUSALS.partialStock;
      throw new RefusalError(type, 'there is not enough on hand');
    }
    for (const { warehouse, lines: given } of allocation) {
      for (const { sku, quantity } of given) {
        shelf(warehouse, sku).onHand -= quantity;
        shelf(warehouse, sku).reserved += quantity;
        reservations.push({ orderId, step: key, warehouse, sku, quantity });
      }
    }
    return allocation;
  }

  function move(wanted: (reservation: Reservation) => boolean, to: 'onHand' | 'shipped'): void {
    for (const { orderId, warehouse, sku, quantity } of reservations.filter(wanted)) {
      if (to === 'shipped') shipped.set(orderId, (shipped.get(orderId) ?? 0) + quantity);
      shelf(warehouse, sku).reserved -= quantity;
      shelf(warehouse, sku)[to] += quantity;
    }
    reservations = reservations.filter((reservation) => !wanted(reservation));
  }

  /** What was reserved last goes first. */
  function reduce({ orderId, lines, warehouse: only }: ReduceStock): void {
    const kept = new Map(reservations.map((reservation) => [reservation, reservation.quantity]));
    for (const { sku, quantity } of lines) {
      let left = quantity;
      for (const reservation of [...reservations].reverse()) {
        if (reservation.orderId !== orderId || reservation.sku !== sku) continue;
        if (reservation.warehouse !== only) continue;
        const back = Math.min(left, reservation.quantity);
        left -= back;
        kept.set(reservation, reservation.quantity - back);
      }
      if (left > 0) throw new Error(`order ${orderId} has not ${quantity} of ${sku} reserved`);
    }
    reservations = [...kept].flatMap(([reservation, quantity]) => {
      const back = reservation.quantity - quantity;
      shelf(reservation.warehouse, reservation.sku).reserved -= back;
      shelf(reservation.warehouse, reservation.sku).onHand += back;
      return quantity > 0 ? [{ ...reservation, quantity }] : [];
    });
  }

  return {
    reserveStock: (input) => effects.doOnce('reserveStock', input.key, input, () => reserve(input)),

    availableStock: (input) =>
      player.play('availableStock', input, () => available(input.lines, shelvesOf(input.lines))),

    releaseStock: (input) =>
      effects.compensateOnce('releaseStock', input.undoes.key, input, () =>
        move(({ step }) => step === input.undoes.key, 'onHand'),
      ),

    reduceStock: (input) => effects.doOnce('reduceStock', input.key, input, () => reduce(input)),

    shipStock: (input) =>
      effects.doOnce('shipStock', input.key, input, () =>
        move(
          ({ orderId, warehouse }) => orderId === input.orderId && warehouse === input.warehouse,
          'shipped',
        ),
      ),

    receive: (sku, quantity, warehouse = MAIN_WAREHOUSE) => {
      const known = stock.get(sku) ?? new Map<string, Stock>();
      stock.set(sku, known);
      const of = known.get(warehouse) ?? { received: 0, onHand: 0, reserved: 0, shipped: 0 };
      known.set(warehouse, of);
      of.received += quantity;
      of.onHand += quantity;
    },
    stockOf: (sku, only) => {
      const sum = { received: 0, onHand: 0, reserved: 0, shipped: 0 };
      for (const [warehouse, of] of warehousesOf(sku)) {
        if (only !== undefined && warehouse !== only) continue;
        for (const part of Object.keys(sum) as (keyof Stock)[]) sum[part] += of[part];
      }
      return sum;
    },
    shippedFor: (orderId) => shipped.get(orderId) ?? 0,
    reservedFor: (orderId) => {
      const pieces = new Map<string, number>();
      for (const { orderId: of, sku, quantity } of reservations)
        if (of === orderId) pieces.set(sku, (pieces.get(sku) ?? 0) + quantity);
      return [...pieces].map(([sku, quantity]) => ({ sku, quantity }));
    },
  };
}
