// What an activity takes: the workflow's types are not there at run time.
import { z } from 'zod';
import { createNotificationActivities } from '../../../../activities/shop/notifications';
import { createOrderActivities } from '../../../../activities/shop/orders';
import { createPaymentActivities } from '../../../../activities/shop/payments';
import { createShippingActivities } from '../../../../activities/shop/shipping';
import type { DomainEvent } from '../../../../src/contracts';
import {
  DEAD_LETTERED_AT_ONCE,
  DefectError,
  FAILURES,
  RefusalError,
  StepCompensatedError,
} from '../../../../src/contracts';
import { activity, deadLetterStoreActivities } from '../../../../src/effects';
import { createFakeShop } from '../../support/fakes';
import { DEADLINES as deadlines } from '../../support/order/environment';

const DEFECT = [{ meaning: 'defect' }];
const INVALID = expect.objectContaining({
  type: FAILURES.invalidInput,
  nonRetryable: true,
  details: DEFECT,
});
const total = { amount: 1, currency: 'EUR' } as const;

test('the deadlines are there without an order, and without its book', async () => {
  const shop = createFakeShop();
  const { orderDeadlines } = createOrderActivities(shop.orders, deadlines);
  expect(await orderDeadlines({})).toEqual(deadlines);
  expect(shop.calls).toEqual([]);
});

test.each([
  ['refunded, without a total', { state: 'refunded', reason: 'parcel-lost', detail: '' }],
  ['cancelled, without a reason', { state: 'cancelled', detail: '', total }],
  ['somehow', { state: 'ended', reason: 'a-reason', detail: '', total }],
])('an order is not closed as %s', async (_, close) => {
  const shop = createFakeShop();
  const { closeOrder } = createOrderActivities(shop.orders, deadlines);
  const input = { ...close, key: 'o-1:closeOrder:0', orderId: 'o-1' } as never;
  await expect(closeOrder(input)).rejects.toEqual(INVALID);
  expect(shop.calls).toEqual([]);
});

test.each(['order-cancelled', 'order-refunded'] as const)('customers are told of an %s', async (template) => {
  const shop = createFakeShop();
  const { notifyCustomer } = createNotificationActivities(shop.notifications);
  const message = { orderId: 'o-1', email: 'ada@example.com', template, values: {} };
  await notifyCustomer({ key: 'o-1:notifyCustomer:0', ...message });
  expect(shop.notifications.messagesOf('o-1')).toMatchObject([message]);
});

test('events are dead-lettered in batches, and nothing else is', async () => {
  const { deadLetters } = createFakeShop();
  const { deadLetterEvents } = deadLetterStoreActivities(deadLetters);
  const event: DomainEvent = { id: 'e', source: '/s', type: 'a.b.c.v1', key: 'k', data: {} };
  const events = Array.from({ length: DEAD_LETTERED_AT_ONCE + 1 }, (_, n) => ({ ...event, id: `e-${n}` }));
  const why = { reason: 'late', workflowId: 'w', detail: '' } as const;
  await expect(deadLetterEvents({ events, ...why })).rejects.toEqual(INVALID);
  await expect(deadLetterEvents({ events: ['x' as never], ...why })).rejects.toEqual(INVALID);
  await expect(deadLetterEvents({ events: [event], ...why, reason: 'not-json' as never })).rejects.toEqual(
    INVALID,
  );
  expect(deadLetters.deadLettered).toEqual([]);
  await deadLetterEvents({ events: events.slice(1), ...why });
  expect(deadLetters.deadLettered.map(({ event: deadLettered }) => deadLettered)).toEqual(events.slice(1));
});

test('a value that PostgreSQL cannot take is final: it would not fit later either', async () => {
  const refused = Object.assign(new Error('invalid byte sequence for encoding "UTF8": 0x00'), {
    code: '22021',
  });
  const step = activity(z.object({}), () => Promise.reject(refused));
  await expect(step({})).rejects.toMatchObject({
    nonRetryable: true,
    type: FAILURES.notStorable,
    details: DEFECT,
  });
  const away = Object.assign(new Error('terminating connection'), { code: '57P01' });
  const again = activity(z.object({}), () => Promise.reject(away));
  await expect(again({})).rejects.toBe(away);
});

test.each([
  ['refused', new RefusalError('no-way', 'The provider said no.'), 'no-way'],
  ['defect', new DefectError('provider-answer', 'half a parcel'), 'provider-answer'],
  ['defect', new StepCompensatedError('o-1:reserveStock:0'), FAILURES.stepCompensated],
])('a final failure says that it is %s: %s', async (meaning, error, type) => {
  const step = activity(z.object({}), () => Promise.reject(error));
  await expect(step({})).rejects.toMatchObject({ nonRetryable: true, type, details: [{ meaning }] });
});

test.each([
  ['a booking', { orderId: 'o-1', recipient: { name: '' }, parcels: [] }],
  ['a hold', { orderId: 'o-1', total: { amount: 0, currency: '' }, paymentToken: 'x'.repeat(5_000) }],
])('%s that its own step does not take is compensated all the same', async (what, request) => {
  const shop = createFakeShop();
  const { createShipment, cancelShipment } = createShippingActivities(shop.shipping);
  const { authorizePayment, voidPayment } = createPaymentActivities(shop.payments);
  const [key, step, compensate] =
    what === 'a hold'
      ? (['o-1:authorizePayment:0', authorizePayment, voidPayment] as const)
      : (['o-1:createShipment:0', createShipment, cancelShipment] as const);
  const given = { key, ...request } as never;
  await expect(step(given)).rejects.toEqual(INVALID);
  await compensate({ undoes: given });
  await expect(compensate({ undoes: { ...request, key: 'of nothing' } as never })).rejects.toEqual(INVALID);
  expect(shop.log).toEqual([]);
});
