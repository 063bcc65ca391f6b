// What the Temporal UI says of a compensation: the amount or the lines that the step itself says.
import type { Capability } from '../../../../src/contracts';
import { inventory, payments, shipping } from '../../../../domains/shop/capabilities';

const key = 'order-1:step:0';
const lines = [
  { sku: 'TEA-GREEN-250', quantity: 2 },
  { sku: 'TEA-POT-GLASS', quantity: 1 },
];
const summaryOf = ({ steps }: Capability, step: string, input: object) =>
  steps[step]?.summary(input as never);

test.each<[Capability, step: string, string, compensation: string, string, input: object]>([
  [
    inventory,
    'reserveStock',
    'Reserve 2 × TEA-GREEN-250, 1 × TEA-POT-GLASS',
    'releaseStock',
    'Release 2 × TEA-GREEN-250, 1 × TEA-POT-GLASS',
    { key, lines },
  ],
  [
    payments,
    'authorizePayment',
    'Authorize 59.80 EUR on the card',
    'voidPayment',
    'Void the authorization of 59.80 EUR',
    { key, total: { amount: 5_980, currency: 'EUR' } },
  ],
  [
    shipping,
    'createShipment',
    'Book the carrier for 2 × TEA-GREEN-250, 1 × TEA-POT-GLASS',
    'cancelShipment',
    'Cancel the booking of the carrier for 2 × TEA-GREEN-250, 1 × TEA-POT-GLASS',
    { key, parcels: lines },
  ],
])(
  '%# the compensation of a step says what the step says',
  (of, step, says, compensation, compensated, input) => {
    expect(summaryOf(of, step, input)).toBe(says);
    expect(summaryOf(of, compensation, { undoes: input })).toBe(compensated);
  },
);

test('a repair, which has no lines on record, releases the stock', () => {
  expect(summaryOf(inventory, 'releaseStock', { undoes: { key, orderId: 'order-1' } })).toBe(
    'Release the stock',
  );
});
