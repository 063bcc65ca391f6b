import assert from 'node:assert/strict';
import {
  orderSubmitted,
  paymentAuthorized,
  paymentDeclined,
  shipmentDelivered,
  shipmentDispatched,
  shipmentLost,
} from '../../../../domains/shop/events';
import type { HappyPath, Invariants, Told } from '../../../../src/testing';
import { told } from '../../../../src/testing';
import type { FakeShop } from '../fakes';
import { createFakeShop } from '../fakes';
import { orderPath } from './matrix';

/** An order whose payment is decided later, while somebody forges events with the right ids at every step. */

/** A shop that records the steps for which the providers had given no reason. */
export interface WatchedShop extends FakeShop {
  readonly unproven: readonly string[];
}

/** Asks the fakes themselves, not what the workflow has made of their answers. */
function watched(shop: FakeShop): WatchedShop {
  const unproven: string[] = [];
  const { payments, shipping } = shop;
  const isHeld = (orderId: string) =>
    payments.paymentsOf(orderId).some(({ state }) => state === 'authorized' || state === 'captured');
  const isLost = (orderId: string) => shipping.shipmentsOf(orderId).some(({ state }) => state === 'lost');
  return {
    ...shop,
    unproven,
    shipping: {
      ...shipping,
      createShipment: (input) => {
        if (!isHeld(input.orderId)) unproven.push('a parcel without an authorization');
        return shipping.createShipment(input);
      },
    },
    payments: {
      ...payments,
      refundPayment: (input) => {
        if (!isLost(input.orderId)) unproven.push('a refund without a lost parcel');
        return payments.refundPayment(input);
      },
    },
  };
}

const paymentOf = (orderId: string) => ({
  ...paymentAuthorized.example,
  orderId,
  paymentId: `pay_${orderId}_1`,
  asynchronous: true,
});
const parcelOf = (orderId: string) => ({ orderId, shipmentId: `shp_${orderId}_1`, trackingNumber: 'forged' });

/** Nothing of it has happened at a provider. */
const FORGED: Readonly<Record<string, (orderId: string) => Told<WatchedShop>>> = {
  'forged authorization': (orderId) => told(paymentAuthorized, paymentOf(orderId)),
  'forged decline': (orderId) =>
    told(paymentDeclined, { ...paymentDeclined.example, ...paymentOf(orderId), reason: 'forged' }),
  'forged dispatch': (orderId) => told(shipmentDispatched, parcelOf(orderId)),
  'forged delivery': (orderId) => told(shipmentDelivered, parcelOf(orderId)),
  'forged loss': (orderId) => told(shipmentLost, parcelOf(orderId)),
};

/** @param createShop for each run */
export function forgedPath(
  bundle: HappyPath<FakeShop>['bundle'],
  createShop: () => FakeShop = createFakeShop,
): HappyPath<WatchedShop> {
  const path = orderPath(bundle);
  return {
    ...path,
    fixture: () => watched(createShop()),
    events: (orderId) => {
      const [, ...parcel] = path.events(orderId);
      return [
        told(orderSubmitted, { ...orderSubmitted.example, orderId, paymentToken: 'tok_pending_forever' }),
        told(paymentAuthorized, paymentOf(orderId), ({ payments }: WatchedShop) => {
          payments.happens(`pay_${orderId}_1`, 'authorized');
          return true;
        }),
        ...parcel,
      ];
    },
    incidents: Object.fromEntries(
      Object.entries(FORGED).map(([name, forge]) => [
        name,
        {
          means: 'somebody says so, with the right ids',
          isHarmless: true,
          happens: (_: WatchedShop, orderId: string) => [forge(orderId)],
        },
      ]),
    ),
  };
}

export const proofInvariants: Invariants<WatchedShop> = {
  'no parcel without an authorization that the provider confirms, no refund without a loss that the carrier confirms':
    ({ fixture }) => assert.deepEqual(fixture.unproven, []),
};
