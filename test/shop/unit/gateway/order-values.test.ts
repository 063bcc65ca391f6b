// Values of an order at the endpoint: what can be kept and shipped is accepted, anything else is refused by its field.
import { exampleAddress } from '../../../../domains/shop/events/address';
import { orderSubmitted } from '../../../../domains/shop/events';
import { gatewayUnderTest } from './gateway-under-test';

const { example } = orderSubmitted;
const shippingAddress = exampleAddress;

async function submit(changes: object) {
  const { app, published } = gatewayUnderTest();
  const data = { ...example, ...changes };
  const payload = { specversion: '1.0', id: 'e-1', source: '/tests', type: orderSubmitted.type, data };
  const response = await app.inject({
    method: 'POST',
    url: '/events',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify(payload),
  });
  return { status: response.statusCode, problem: response.json<object>(), published };
}

const [line] = example.lines;

test.each<[string, object]>([
  ['yen', { currency: 'JPY' }],
  ['dinars', { currency: 'KWD' }],
  ['a free line', { lines: [...example.lines, { sku: 'SAMPLE', quantity: 1, unitPrice: 0 }] }],
  ['for nothing', { lines: [{ ...line, unitPrice: 0 }], paymentToken: undefined }],
  ['no postal code', { shippingAddress: { ...shippingAddress, country: 'HK', postalCode: undefined } }],
  [
    'an address in full',
    { shippingAddress: { ...shippingAddress, street2: 'B', region: 'C', phone: '123' } },
  ],
  ['an e-mail address of another script', { email: 'user@例え.jp' }],
])('accepts an order: %s', async (_, changes) => {
  const { status, published } = await submit(changes);
  expect(status).toBe(202);
  expect(published).toHaveLength(1);
});

test.each<[string, object]>([
  ['data.shippingAddress.city', { shippingAddress: { ...shippingAddress, city: 'a\nb' } }],
  ['data.shippingAddress.name', { shippingAddress: { ...shippingAddress, name: '\u001b[2Jx' } }],
  ['data.shippingAddress.postalCode', { shippingAddress: { ...shippingAddress, postalCode: undefined } }],
  ['data.shippingAddress.phone', { shippingAddress: { ...shippingAddress, phone: 'none' } }],
  ['data.customerId', { customerId: 'c\r\n7' }],
  ['data.currency', { currency: 'BGN' }],
  ['data.email', { email: 'nobody' }],
  ['data.paymentToken', { paymentToken: undefined }],
  ['data.lines[0].unitPrice', { lines: [{ ...line, unitPrice: 0.5 }] }],
  [
    'data.lines',
    { lines: ['A', 'B'].map((sku) => ({ sku, quantity: 1_000, unitPrice: 1_000_000_000_000 })) },
  ],
])('refuses an order for its %s', async (path, changes) => {
  const { status, problem, published } = await submit(changes);
  expect(status).toBe(422);
  expect(problem).toMatchObject({ reason: 'invalid-data', path });
  expect(published).toEqual([]);
});
