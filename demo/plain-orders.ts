import { exampleAddress } from '../domains/shop/events/address';
import type { SubmittedOrder } from '../domains/shop/events/orders';
import type { Expected } from './case';
import { completed, DELIVERED } from './case';
import { orderOf } from './orders';

/** An order that is only submitted, and its expected end. */
export interface PlainOrder {
  readonly name: string;
  readonly changes: Partial<SubmittedOrder>;
  readonly expected: Expected;
}

export const RELEASED = ['stock released 1 x TEA-POT-GLASS', 'stock released 2 x TEA-GREEN-250'];

/** The provider sandbox chooses its behaviour by the postal code. */
export const shippedTo = (postalCode: string) => ({
  shippingAddress: { ...exampleAddress, postalCode },
});

/** One piece of each article. */
const lines = (...skus: string[]) => skus.map((sku) => ({ sku, quantity: 1, unitPrice: 2_000 }));

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
    changes: { lines: [{ sku: 'TEA-NEVER-HAD', quantity: 1_000, unitPrice: 1 }] },
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
  {
    name: 'three-d-secure-never',
    changes: { paymentToken: 'tok_three_d_secure' },
    expected: {
      state: 'rejected',
      compensations: ['voidPayment', 'releaseStock'],
      effects: ['message order-rejected', 'order rejected', 'payment voided 5980 EUR', ...RELEASED],
    },
  },
  {
    name: 'yen',
    changes: { currency: 'JPY' },
    expected: {
      ...completed,
      effects: DELIVERED.map((effect) => effect.replace(/EUR$/, 'JPY')),
    },
  },
  {
    name: 'free-order',
    changes: {
      paymentToken: undefined,
      lines: orderOf('x').lines.map((line) => ({ ...line, unitPrice: 0 })),
    },
    expected: { ...completed, effects: DELIVERED.filter((effect) => !effect.startsWith('payment')) },
  },
  {
    name: 'no-postal-code',
    changes: {
      shippingAddress: {
        name: '陳大文',
        street: '彌敦道 132 號',
        street2: '12 樓 B 室',
        city: '香港',
        region: '九龍',
        country: 'HK',
        phone: '+852 5550 1234',
      },
    },
    expected: completed,
  },
  { name: 'carrier-answer-lost', changes: shippedTo('00006'), expected: completed },
  {
    name: 'providers-stumble',
    changes: { paymentToken: 'tok_unavailable_twice', ...shippedTo('00005') },
    expected: completed,
  },
  { name: 'notifications-out-of-order', changes: shippedTo('00007'), expected: completed },
  {
    name: 'in-two-parcels',
    changes: { lines: lines('KETTLE-STEEL', 'MUG-BLUE') },
    expected: {
      state: 'completed',
      compensations: [],
      effects: [
        'message order-completed',
        'order completed',
        'payment captured 4000 EUR',
        'shipment booked',
        'shipment booked',
        'stock shipped 1 x KETTLE-STEEL',
        'stock shipped 1 x MUG-BLUE',
      ],
    },
  },
  {
    // The carrier takes the kettle from the north, but not the sofa from the south: the whole order is compensated. It
    // never fetches the kettle, so that its booking can be cancelled.
    name: 'one-of-two-refused',
    changes: { lines: lines('KETTLE-STEEL', 'BULKY-SOFA'), ...shippedTo('00001') },
    expected: {
      state: 'compensated',
      compensations: ['cancelShipment', 'voidPayment', 'releaseStock'],
      effects: [
        'message order-compensated',
        'order compensated',
        'payment voided 4000 EUR',
        'shipment canceled',
        'stock released 1 x BULKY-SOFA',
        'stock released 1 x KETTLE-STEEL',
      ],
    },
  },
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
