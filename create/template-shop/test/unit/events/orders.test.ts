import { shop } from '../../../domains/shop';
import { orderCancelled, orderConfirmed, orderSubmitted } from '../../../domains/shop/events';

test.each([orderSubmitted, orderCancelled, orderConfirmed])(
  '$type is a contract of its domain',
  (contract) => {
    expect(shop.events).toContain(contract);
  },
);

test('all events of an order have its id as their key: they reach one workflow', () => {
  expect(orderSubmitted.key(orderSubmitted.example)).toBe('o-1');
  expect(orderCancelled.key(orderCancelled.example)).toBe('o-1');
  expect(orderConfirmed.key(orderConfirmed.example)).toBe('o-1');
});

test.each([
  { ...orderSubmitted.example, orderId: '' },
  { ...orderSubmitted.example, quantity: 0 },
  { ...orderSubmitted.example, amount: 1.5 },
  { ...orderSubmitted.example, discount: 100 },
])('%j is not an order', (data) => {
  expect(orderSubmitted.schema.safeParse(data).success).toBe(false);
});
