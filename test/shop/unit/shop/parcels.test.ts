// The states of one parcel, and of the order that has several.
import { EVENTS } from '../../../../domains/shop/names';
import type { ParcelState } from '../../../../domains/shop/rules/parcels';
import {
  afterInput,
  hasEnded,
  PARCEL_TRANSITIONS,
  priceOfParcel,
  remedyFor,
  stateByParcels,
} from '../../../../domains/shop/rules/parcels';

const { shipmentDispatched, shipmentDelivered, shipmentLost } = EVENTS;

test.each([
  ['booked', shipmentDispatched, 'dispatched'],
  ['booked', shipmentDelivered, 'delivered'],
  ['booked', shipmentLost, 'lost'],
  ['booked', 'dispatch-overdue', 'unshipped'],
  ['dispatched', shipmentDelivered, 'delivered'],
  ['dispatched', shipmentLost, 'lost'],
  ['lost', 'reshipped', 'booked'],
] as const)('a parcel that is %s, at %s: %s', (state, input, next) => {
  expect(afterInput(state, input)).toBe(next);
});

test('the seven of them are all there are', () => {
  expect(Object.values(PARCEL_TRANSITIONS).flatMap((each) => Object.keys(each))).toHaveLength(7);
});

test.each(['delivered', 'lost', 'unshipped'] as const)('%s is an end', (state) => {
  expect(hasEnded(state)).toBe(true);
  expect(afterInput(state, shipmentDelivered)).toBeUndefined();
});

test.each<[ParcelState[], string]>([
  [['booked', 'booked'], 'awaiting-dispatch'],
  [['dispatched', 'booked'], 'awaiting-delivery'],
  [['delivered', 'booked'], 'awaiting-delivery'],
  [['unshipped', 'dispatched'], 'awaiting-delivery'],
  [['delivered', 'delivered'], 'completed'],
  [['delivered', 'lost'], 'completed'],
  [['unshipped', 'delivered'], 'completed'],
  [['lost', 'lost'], 'refunded'],
  [['lost', 'unshipped'], 'refunded'],
])('parcels %j make an order %s', (states, state) => {
  expect(stateByParcels(states)).toBe(state);
});

test.each([
  [undefined, false, 'refund'],
  ['refund', false, 'refund'],
  ['reship', false, 'reship'],
  ['reship', true, 'refund'],
] as const)('a lost parcel, policy %s, sent once more already %s: %s', (policy, reshipped, remedy) => {
  expect(remedyFor({ policy, reshipped })).toBe(remedy);
});

test('a parcel costs what its pieces cost', () => {
  const ordered = [
    { sku: 'A', unitPrice: 100 },
    { sku: 'B', unitPrice: 7 },
  ];
  expect(
    priceOfParcel(
      [
        { sku: 'A', quantity: 2 },
        { sku: 'B', quantity: 3 },
      ],
      ordered,
    ),
  ).toBe(221);
});
