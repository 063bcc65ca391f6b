import type { FakeShop } from '../fakes';

/**
 * Must hold for every order that has ended by itself: nothing is authorised or reserved, and the amount captured from the
 * customer is the amount of the order, or 0.
 */
export function expectConserved({ inventory, payments, orders }: FakeShop, orderId: string): void {
  expect(inventory.reservedFor(orderId)).toEqual([]);
  const made = payments.paymentsOf(orderId);
  expect(made.filter(({ state }) => state === 'authorized' || state === 'pending')).toEqual([]);
  const kept = made.reduce((sum, { captured, refunded }) => sum + captured - refunded, 0);
  const order = orders.orderOf(orderId);
  expect(kept).toBe(order?.state === 'completed' ? order.amount : 0);
}

/** Must hold for an order that was compensated: no parcel is on its way, or booked. */
export function expectNoParcel({ shipping }: FakeShop, orderId: string): void {
  expect(shipping.shipmentsOf(orderId).filter(({ state }) => state !== 'canceled')).toEqual([]);
}
