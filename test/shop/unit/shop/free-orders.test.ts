// What costs nothing may be ordered, beside what costs something or alone.
import {
  amendmentRequested,
  orderCompleted,
  orderConfirmed,
  orderSubmitted,
} from '../../../../domains/shop/events';

const order = orderSubmitted.example;
const free = { sku: 'SAMPLE', quantity: 1, unitPrice: 0 };
const { paymentToken, ...withoutToken } = order;

test('a free line beside a paid one', () => {
  expect(orderSubmitted.schema.safeParse({ ...order, lines: [...order.lines, free] }).success).toBe(true);
});

test('an order of 0 needs no payment token, and may have one', () => {
  expect(orderSubmitted.schema.safeParse({ ...withoutToken, lines: [free] }).success).toBe(true);
  expect(orderSubmitted.schema.safeParse({ ...withoutToken, paymentToken, lines: [free] }).success).toBe(
    true,
  );
});

test('an order that costs something needs a payment token', () => {
  expect(orderSubmitted.schema.safeParse(withoutToken).error?.issues).toMatchObject([
    { path: ['paymentToken'], message: expect.stringContaining('missing') },
  ]);
});

test('a price below 0 is refused', () => {
  const lines = [{ ...free, unitPrice: -1 }];
  expect(orderSubmitted.schema.safeParse({ ...order, lines }).error?.issues).toMatchObject([
    { path: ['lines', 0, 'unitPrice'] },
  ]);
});

test('an amendment may make an order free, or bring the token that a free one has not', () => {
  const { orderId, customerId } = order;
  expect(amendmentRequested.schema.safeParse({ orderId, customerId, lines: [free] }).success).toBe(true);
  expect(
    amendmentRequested.schema.safeParse({ orderId, customerId, lines: order.lines, paymentToken }).success,
  ).toBe(true);
  expect(amendmentRequested.schema.safeParse({ orderId, customerId, paymentToken }).success).toBe(false);
});

test('a free order is confirmed and completed for 0', () => {
  const total = { amount: 0, currency: 'EUR' };
  for (const { schema } of [orderConfirmed, orderCompleted])
    expect(schema.safeParse({ orderId: 'o-1', total }).success).toBe(true);
});
