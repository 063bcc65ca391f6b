import type { SubmittedOrder } from '../src/domains/shop/events/orders';
import type { Expected } from './case';
import { completed, DELIVERED } from './case';
import { orderOf } from './orders';

/** An order that is only submitted, and how it has to end. */
export interface PlainOrder {
  readonly name: string;
  readonly changes: Partial<SubmittedOrder>;
  readonly expected: Expected;
}

export const RELEASED = ['stock released 1 x TEA-POT-GLASS', 'stock released 2 x TEA-GREEN-250'];

/** The provider sandbox knows what to do by the postal code. */
export const shippedTo = (postalCode: string) => ({
  shippingAddress: { ...orderOf('x').shippingAddress, postalCode },
});

export const plainOrders: readonly PlainOrder[] = [
  { name: 'completed', changes: {}, expected: completed },
  {
    name: 'carrier-refuses',
    changes: shippedTo('00000'),
    expected: {
      state: 'compensated',
      compensations: ['voidPayment', 'releaseStock'],
      effects: ['message order-compensated', 'order compensated', 'payment voided 5980 EUR', ...RELEASED],
    },
  },
  {
    name: 'declined',
    changes: { paymentToken: 'tok_declined' },
    expected: {
      state: 'rejected',
      compensations: ['releaseStock'],
      effects: ['message order-rejected', 'order rejected', ...RELEASED],
    },
  },
  {
    name: 'out-of-stock',
    changes: { lines: [{ sku: 'TEA-POT-GLASS', quantity: 1_000, unitPrice: 1 }] },
    expected: {
      state: 'rejected',
      compensations: ['voidPayment'],
      effects: ['message order-rejected', 'order rejected', 'payment voided 1000 EUR'],
    },
  },
  {
    name: 'pending-authorized',
    changes: { paymentToken: 'tok_pending_then_authorized' },
    expected: completed,
  },
  {
    name: 'pending-declined',
    changes: { paymentToken: 'tok_pending_then_declined' },
    expected: {
      state: 'rejected',
      compensations: ['releaseStock'],
      effects: ['message order-rejected', 'order rejected', 'payment declined 5980 EUR', ...RELEASED],
    },
  },
  {
    name: 'pending-for-ever',
    changes: { paymentToken: 'tok_pending_forever' },
    expected: {
      state: 'rejected',
      compensations: ['voidPayment', 'releaseStock'],
      effects: ['message order-rejected', 'order rejected', 'payment voided 5980 EUR', ...RELEASED],
    },
  },
  { name: 'carrier-answer-lost', changes: shippedTo('00006'), expected: completed },
  {
    name: 'providers-stumble',
    changes: { paymentToken: 'tok_unavailable_twice', ...shippedTo('00005') },
    expected: completed,
  },
  { name: 'news-out-of-order', changes: shippedTo('00007'), expected: completed },
  {
    name: 'parcel-lost',
    changes: shippedTo('00003'),
    expected: {
      state: 'refunded',
      compensations: [],
      effects: [
        'message order-refunded',
        'order refunded',
        'payment refunded 5980 EUR',
        ...DELIVERED.filter((effect) => /^(shipment|stock)/.test(effect)),
      ],
    },
  },
];
