import assert from 'node:assert/strict';
import { STEP_STUCK } from '../../../../src/contracts';
import {
  orderSubmitted,
  paymentVoided,
  shipmentDelivered,
  shipmentDispatched,
  shipmentLost,
} from '../../../../domains/shop/events';
import { ORDER_CAPABILITIES } from '../../../../domains/shop/capabilities';
import { routes } from '../../../../domains/shop/routes';
import type { HappyPath, Invariants, Outcome } from '../../../../src/testing';
import { told } from '../../../../src/testing';
import type { FakeShop } from '../fakes';
import { createFakeShop } from '../fakes';
import { shopActivities } from './environment';

/** An order that goes well, for the fault matrix, and the invariants of every order, however it ends. */

const { lines } = orderSubmitted.example;
const [{ sku, quantity }] = lines as [(typeof lines)[number]];

/** @param bundle the bundle with the order's workflow */
export function orderPath(
  bundle: HappyPath<FakeShop>['bundle'],
  createShop: () => FakeShop = createFakeShop,
): HappyPath<FakeShop> {
  return {
    bundle,
    routes,
    fixture: createShop,
    activities: (shop) => shopActivities(shop),
    events: (orderId) => {
      // The first parcel of the order.
      const parcel = { orderId, shipmentId: `shp_${orderId}_1`, trackingNumber: `TRK_${orderId}_1` };
      return [
        told(orderSubmitted, { ...orderSubmitted.example, orderId }),
        told(shipmentDispatched, parcel, (shop: FakeShop) => {
          shop.shipping.happens(parcel.shipmentId, 'dispatched');
          return hasParcelLeft(shop, orderId);
        }),
        told(shipmentDelivered, parcel, (shop: FakeShop) => {
          shop.shipping.happens(parcel.shipmentId, 'delivered');
          return hasParcelLeft(shop, orderId);
        }),
      ];
    },
    incidents: {
      'forged notification': {
        means:
          'somebody says, with the right ids, that the parcel has left, arrived and got lost, and the authorization is lifted',
        isHarmless: true,
        happens: (_, orderId) => forged(orderId),
      },
      'hold gone': {
        means: 'the authorization is lifted at the provider, and told',
        isHarmless: false,
        happens: (shop, orderId) => (voidAuthorization(shop, orderId) ? [voided(orderId)] : []),
      },
      'hold gone in silence': {
        means: 'the authorization is lifted at the provider, and nobody tells',
        isHarmless: false,
        happens: (shop, orderId) => {
          voidAuthorization(shop, orderId);
          return [];
        },
      },
    },
    ends: ['completed', 'rejected', 'cancelled', 'refunded', 'compensated', 'duplicate'],
    waits: ['awaiting-decision', STEP_STUCK],
    capabilities: ORDER_CAPABILITIES,
    effects: (shop) => shop.effects,
  };
}

const paymentOf = (orderId: string) => ({
  ...paymentVoided.example,
  orderId,
  paymentId: `pay_${orderId}_1`,
  asynchronous: true,
});
const voided = (orderId: string) => told(paymentVoided, paymentOf(orderId));

/** @returns whether the payment is authorised, or will be */
function voidAuthorization({ payments }: FakeShop, orderId: string): boolean {
  const [made] = payments.paymentsOf(orderId);
  if (made && made.state !== 'authorized') return false;
  payments.happens(`pay_${orderId}_1`, 'voided');
  return true;
}

function forged(orderId: string) {
  const parcel = { orderId, shipmentId: `shp_${orderId}_1`, trackingNumber: 'forged' };
  return [
    told(shipmentDispatched, parcel),
    told(shipmentDelivered, parcel),
    told(shipmentLost, parcel),
    voided(orderId),
  ];
}

const hasParcelLeft = ({ shipping }: FakeShop, orderId: string) =>
  shipping.shipmentsOf(orderId).some(({ state }) => state === 'dispatched' || state === 'delivered');

type OrderOutcome = Outcome<FakeShop>;

const hasLeft = ({ state }: OrderOutcome) => state === 'completed' || state === 'refunded';

export const orderInvariants: Invariants<FakeShop> = {
  'money adds up': ({ fixture: { payments, orders }, key, state, cell }) => {
    const made = payments.paymentsOf(key);
    const held = made.filter((payment) => payment.state === 'authorized' || payment.state === 'pending');
    assert.deepEqual(held, [], 'something is held');
    const kept = made.reduce((sum, { captured, refunded }) => sum + captured - refunded, 0);
    // If the authorization is gone when the parcel has left, a person has taken the money in another way.
    const isByHand = kept === 0 && cell?.includes('hold gone') === true;
    const due = state === 'completed' && !isByHand ? orders.orderOf(key)?.amount : 0;
    assert.equal(kept, due, 'captured − refunded');
  },

  'stock adds up': (outcome) => {
    const { inventory } = outcome.fixture;
    const { received, onHand, reserved, shipped } = inventory.stockOf(sku);
    assert.equal(onHand + reserved + shipped, received);
    assert.deepEqual(inventory.reservedFor(outcome.key), [], 'something is reserved');
    assert.equal(inventory.shippedFor(outcome.key), hasLeft(outcome) ? quantity : 0, 'pieces that have left');
  },

  'the carrier has what the order says': (outcome) => {
    const booked = outcome.fixture.shipping
      .shipmentsOf(outcome.key)
      .filter(({ state }) => state !== 'canceled');
    assert.equal(booked.length, hasLeft(outcome) ? 1 : 0, 'parcels');
    // A notification alone does not change the state of a parcel.
    for (const { state } of booked) assert.notEqual(state, 'booked', 'a parcel that has not left');
  },

  'the record says how it ended, and the customer was told so once': ({ fixture, key, state, cell }) => {
    // If another saga has the order, this one has neither a record nor a message.
    const isOurs = state !== 'duplicate';
    const isReached = isOurs && cell !== 'notifyCustomer × refused';
    assert.equal(fixture.orders.orderOf(key)?.state, isOurs ? state : undefined);
    assert.deepEqual(
      fixture.notifications.messagesOf(key).map(({ template }) => template),
      isReached ? [`order-${state}`] : [],
    );
  },

  'no event was received and never applied': ({ fixture: { deadLetters }, cell = '' }) => {
    // When the carrier never answers, a person decides not to ask it: unconfirmed notifications are not applied.
    const isConfirmed = !/^trackShipment.* × no for good$/.test(cell);
    assert.deepEqual(
      deadLetters.deadLettered
        .filter(({ event }) => !event.id.startsWith('incident-'))
        .filter(({ reason }) => isConfirmed || reason !== 'unconfirmed')
        .map(({ event, reason }) => `${reason} ${event.type}`),
      [],
    );
  },
};
