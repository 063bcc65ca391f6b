import assert from 'node:assert/strict';
import { STEP_STUCK } from '../../../src/contracts';
import { orderSubmitted, shipmentDelivered, shipmentDispatched } from '../../../src/domains/shop/events';
import { REFUSALS } from '../../../src/domains/shop/names';
import { routes } from '../../../src/domains/shop/routes';
import type { HappyPath, Invariants, Outcome } from '../../../src/testing';
import { told } from '../../../src/testing';
import type { FakeShop } from '../fakes';
import { createFakeShop } from '../fakes';
import { shopActivities } from './environment';

/** An order that goes well, for the fault matrix; and what must hold of every order, however it ends. */

const { lines } = orderSubmitted.example;
const [{ sku, quantity }] = lines as [(typeof lines)[number]];

/** @param bundle with the order's workflow */
export function orderPath(
  bundle: HappyPath<FakeShop>['bundle'],
  createShop: () => FakeShop = createFakeShop,
): HappyPath<FakeShop> {
  return {
    bundle,
    routes,
    world: createShop,
    activities: (shop) => shopActivities(shop),
    events: (orderId) => {
      // The first one of its world.
      const parcel = { orderId, shipmentId: 'shp_1', trackingNumber: 'TRK_1' };
      return [
        told(orderSubmitted, { ...orderSubmitted.example, orderId }),
        told(shipmentDispatched, parcel, (shop: FakeShop) => {
          shop.shipping.fetch(orderId);
          return isOnItsWay(shop, orderId);
        }),
        told(shipmentDelivered, parcel, (shop: FakeShop) => isOnItsWay(shop, orderId)),
      ];
    },
    ends: ['completed', 'rejected', 'cancelled', 'refunded', 'compensated'],
    waits: ['awaiting-decision', STEP_STUCK],
    undoes: {
      releaseStock: 'reserveStock',
      voidPayment: 'authorizePayment',
      cancelShipment: 'createShipment',
    },
    effects: (shop) => shop.effects,
    refusals: {
      reserveStock: REFUSALS.outOfStock,
      authorizePayment: REFUSALS.paymentDeclined,
      createShipment: REFUSALS.addressNotServed,
      capturePayment: REFUSALS.paymentDeclined,
    },
  };
}

const isOnItsWay = ({ shipping }: FakeShop, orderId: string) =>
  shipping.shipmentsOf(orderId).some(({ state }) => state === 'dispatched');

type OrderOutcome = Outcome<FakeShop>;

const hasLeft = ({ state }: OrderOutcome) => state === 'completed' || state === 'refunded';

export const orderInvariants: Invariants<FakeShop> = {
  'money adds up': ({ world: { payments, orders }, key, state }) => {
    const made = payments.paymentsOf(key);
    const held = made.filter((payment) => payment.state === 'authorized' || payment.state === 'pending');
    assert.deepEqual(held, [], 'something is held');
    const kept = made.reduce((sum, { captured, refunded }) => sum + captured - refunded, 0);
    assert.equal(kept, state === 'completed' ? orders.orderOf(key)?.amount : 0, 'captured − refunded');
  },

  'stock adds up': (outcome) => {
    const { inventory } = outcome.world;
    const { received, onHand, reserved, shipped } = inventory.stockOf(sku);
    assert.equal(onHand + reserved + shipped, received);
    assert.deepEqual(inventory.reservedFor(outcome.key), [], 'something is reserved');
    assert.equal(inventory.shippedFor(outcome.key), hasLeft(outcome) ? quantity : 0, 'pieces that have left');
  },

  'the carrier has what the order says': (outcome) => {
    const booked = outcome.world.shipping
      .shipmentsOf(outcome.key)
      .filter(({ state }) => state !== 'canceled');
    assert.equal(booked.length, hasLeft(outcome) ? 1 : 0, 'parcels');
  },

  'the record says how it ended, and the customer was told so once': ({ world, key, state }) => {
    assert.equal(world.orders.orderOf(key)?.state, state);
    assert.deepEqual(
      world.notifications.messagesOf(key).map(({ template }) => template),
      [`order-${state}`],
    );
  },

  'no event was received and never applied': ({ world: { deadLetters } }) => {
    assert.deepEqual(
      deadLetters.buried.map(({ event, reason }) => `${reason} ${event.type}`),
      [],
    );
  },
};
