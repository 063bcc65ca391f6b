import type { DeadLetterStep, FakeDeadLetters, Script } from 'sagaline/testing';
import { createFakeDeadLetters, createFakeEffects, createScript } from 'sagaline/testing';
import type { DemandStep, FakeDemand } from './demand';
import { createFakeDemand } from './demand';
import type { FakeInventory, InventoryStep } from './inventory';
import { createFakeInventory } from './inventory';
import type { FakeNotifications, NotificationStep } from './notifications';
import { createFakeNotifications } from './notifications';
import type { FakeOrders, OrderStep } from './orders';
import { createFakeOrders } from './orders';
import type { FakePayments, PaymentStep } from './payments';
import { createFakePayments } from './payments';
import type { FakeShipping, ShippingStep } from './shipping';
import { createFakeShipping } from './shipping';

/** The shop without PostgreSQL and providers: hand-written fakes that pass the conformance suites of the real adapters. */
export { createFakeInventory } from './inventory';
export { createFakePaymentProvider } from './payments';
export { createFakeCarrier } from './shipping';

export type ShopStep =
  OrderStep | InventoryStep | PaymentStep | ShippingStep | NotificationStep | DeadLetterStep | DemandStep;

export interface FakeShop extends Pick<
  Script<ShopStep>,
  'calls' | 'effects' | 'fail' | 'hold' | 'log' | 'loseAnswer' | 'spoilAnswer'
> {
  readonly orders: FakeOrders;
  readonly inventory: FakeInventory;
  readonly payments: FakePayments;
  readonly shipping: FakeShipping;
  readonly notifications: FakeNotifications;
  readonly deadLetters: FakeDeadLetters;
  readonly demand: FakeDemand;
}

/** The stock of a sku that was never received, so that a test need not stock the warehouse before it can order. */
const ON_HAND = 999;

/** One script, one log and one table of effects for all capabilities of one shop. */
export function createFakeShop(options: { readonly tombstones?: boolean } = {}): FakeShop {
  const script = createScript<ShopStep>();
  const effects = createFakeEffects(script, options);
  return {
    orders: createFakeOrders(script, effects),
    inventory: createFakeInventory(script, effects, ON_HAND),
    payments: createFakePayments(script, effects),
    shipping: createFakeShipping(script, effects),
    notifications: createFakeNotifications(effects),
    deadLetters: createFakeDeadLetters(script),
    demand: createFakeDemand(script),
    ...script,
  };
}
