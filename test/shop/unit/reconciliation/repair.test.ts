// What a repair compensates, by what is on record of the order's steps; no server.
import type { KnownStep } from '../../../../domains/shop/rules/repair';
import { firstKeys, forwardKeys, planRepair } from '../../../../domains/shop/rules/repair';

const step = (name: string, state: KnownStep['state'], request?: object): KnownStep => ({
  key: `o-1:${name}:0`,
  state,
  ...(request && { request }),
});
const [payment, booking] = [{ of: 'the payment' }, { of: 'the booking' }];

test('the steps are compensated in reverse order, each with what was asked for it', () => {
  // Stock and payment side by side: either may be the first on record.
  const steps = [
    step('authorizePayment', 'done', payment),
    step('reserveStock', 'done'),
    step('confirmOrder', 'done'),
    step('createShipment', 'begun', booking),
  ];
  expect(planRepair('o-1', steps)).toEqual({
    kind: 'compensate',
    compensations: [
      { undoneBy: 'cancelShipment', undoes: booking },
      { undoneBy: 'voidPayment', undoes: payment },
      { undoneBy: 'releaseStock', undoes: { key: 'o-1:reserveStock:0', orderId: 'o-1' } },
    ],
  });
});

test('each revision of a step is compensated by itself, the latest first', () => {
  const [again, third] = [1, 2].map(
    (revision) => ({ key: `o-1:reserveStock:${revision}`, state: 'done' }) as const,
  );
  if (!again || !third) throw new Error('two were made');
  expect(planRepair('o-1', [step('reserveStock', 'compensated'), again, third])).toEqual({
    kind: 'compensate',
    compensations: [
      { undoneBy: 'releaseStock', undoes: { key: 'o-1:reserveStock:2', orderId: 'o-1' } },
      { undoneBy: 'releaseStock', undoes: { key: 'o-1:reserveStock:1', orderId: 'o-1' } },
    ],
  });
});

test('of an amended order the booking is cancelled before all else: the carrier may refuse, and nothing is done by then', () => {
  const again = { key: 'o-1:reserveStock:1', state: 'done' } as const;
  const steps = [step('reserveStock', 'done'), step('createShipment', 'done', booking), again];
  expect(planRepair('o-1', steps)).toMatchObject({
    compensations: [
      { undoneBy: 'cancelShipment' },
      { undoneBy: 'releaseStock', undoes: { key: 'o-1:reserveStock:1' } },
      { undoneBy: 'releaseStock', undoes: { key: 'o-1:reserveStock:0' } },
    ],
  });
});

test('what was refused, compensated or never done needs no compensation; what was left half compensated does', () => {
  const steps = [
    step('reserveStock', 'refused'),
    step('authorizePayment', 'compensating', payment),
    step('createShipment', 'compensated'),
    step('closeOrder', 'done'),
    step('notifyCustomer', 'done'),
  ];
  expect(planRepair('o-1', steps)).toMatchObject({ compensations: [{ undoneBy: 'voidPayment' }] });
  expect(planRepair('o-1', [])).toEqual({ kind: 'compensate', compensations: [] });
});

test.each<[string, KnownStep, string]>([
  ['the payment is taken', step('capturePayment', 'done'), 'capturePayment'],
  ['nobody knows whether it is', step('capturePayment', 'begun'), 'capturePayment'],
  ['the stock has left', step('shipStock', 'done'), 'shipStock'],
  ['a step is none that this version knows', step('blessOrder', 'done'), 'blessOrder'],
  ['what was asked is not on record', step('authorizePayment', 'begun'), 'not on record'],
])('refused as a whole where %s', (_, one, why) => {
  const plan = planRepair('o-1', [step('reserveStock', 'done'), one]);
  expect(plan).toEqual({ kind: 'refused', why: expect.stringContaining(why) });
});

test('a refused attempt to take the payment has taken nothing', () => {
  expect(planRepair('o-1', [step('capturePayment', 'refused')])).toEqual({
    kind: 'compensate',
    compensations: [],
  });
});

test('after a repair nothing goes forward: what would be next, of each step, and the customer’s message', () => {
  const booked = [
    step('reserveStock', 'compensated'),
    step('createShipment', 'compensated'),
    step('confirmOrder', 'done'),
  ];
  expect(forwardKeys('o-1', booked)).toEqual([
    'o-1:shipStock:0',
    'o-1:capturePayment:0',
    'o-1:refundPayment:0',
    'o-1:reserveStock:1',
    'o-1:authorizePayment:0',
    'o-1:createShipment:1',
    'o-1:requestPaymentMethod:0',
    'o-1:notifyCustomer:0',
  ]);
});

test('the first keys are those of the steps that can be compensated', () => {
  expect(firstKeys('o-1')).toEqual(['o-1:reserveStock:0', 'o-1:authorizePayment:0', 'o-1:createShipment:0']);
});
