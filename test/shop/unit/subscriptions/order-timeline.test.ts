// Every event of an order has a sentence, and none of them says who the customer is.
import { shop } from '../../../../domains/shop';
import { sentenceOf } from '../../../../domains/shop/rules/timeline';
import type { OrderEvent } from '../../../../domains/shop/subscriptions';
import { orderTimeline } from '../../../../domains/shop/subscriptions';

const eventOf = ({ type, example }: { type: string; example: object }) =>
  ({ id: '1', source: '/tests', type, key: 'order-1001', data: example }) as unknown as OrderEvent;

test('the subscription has every event of the shop whose key is an order', () => {
  const others = shop.events.filter(({ type }) => !orderTimeline.events.some((each) => each.type === type));
  expect(others.map(({ type }) => type)).toEqual(['dev.sagaline.shop.customers.article-viewed.v1']);
});

test('sentences', () => {
  const all = orderTimeline.events.map((contract) => sentenceOf(eventOf(contract)));
  const expected = [
    'Order of 2 pieces for 49.80 EUR submitted',
    'Order confirmed for 49.80 EUR',
    'Order completed: 49.80 EUR paid, parcel delivered',
    'Order rejected: payment-declined',
    'Order compensated: address-not-served',
    'Order cancelled: cancelled-by-customer',
    'Order refunded, 49.80 EUR: parcel-lost',
    'Cancellation requested',
    'Cancellation refused: too-late',
    'Amendment requested: 3 pieces, another address',
    'Order amended: 3 pieces for 74.70 EUR',
    'Amendment refused: out-of-stock',
    'Only 1 piece of 2 pieces in stock',
    'Customer decides about the stock: partial',
    'Another payment method asked for, to pay 49.80 EUR',
    'Another payment method provided',
    'Stock reserved: 2 pieces',
    'Stock released: 2 pieces',
    'Stock shipped: 2 pieces',
    'Payment of 49.80 EUR held',
    'Payment of 49.80 EUR declined: insufficient_funds',
    'Payment of 49.80 EUR taken',
    'Authorization of 49.80 EUR voided',
    'Payment of 49.80 EUR given back',
    'Payment disputed, 49.80 EUR: needs_response',
    'Customer asked to confirm the payment of 49.80 EUR',
    'Parcel SL000083 dispatched',
    'Parcel SL000083 delivered',
    'Parcel SL000083 lost',
  ];
  expect(all.sort()).toEqual(expected.sort());
});

test('cents keep their two digits', () => {
  const [paid] = orderTimeline.events.filter(({ type }) => type.endsWith('payments.captured.v1'));
  const captured = eventOf({
    type: paid?.type ?? '',
    example: { total: { amount: 1_205, currency: 'GBP' } },
  });
  expect(sentenceOf(captured)).toBe('Payment of 12.05 GBP taken');
});

test('nothing of a person, and no free text', () => {
  const personal = shop.events.flatMap(({ example }) => {
    const { detail, email, customerId, shippingAddress, paymentToken } = example as Record<string, unknown>;
    const values = Object.values(shippingAddress ?? {}) as string[];
    return [detail, email, customerId, paymentToken, ...values].filter((value) => typeof value === 'string');
  });
  expect(personal.length).toBeGreaterThan(10);
  const all = orderTimeline.events.map((contract) => sentenceOf(eventOf(contract))).join('\n');
  // A country's two letters are in many a word.
  expect(personal.filter((text) => text.length > 2 && all.includes(text))).toEqual([]);
});
