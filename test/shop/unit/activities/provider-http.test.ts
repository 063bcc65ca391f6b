// What providers do that nobody asked for: an answer that is not the one that was promised never passes for a refusal.
import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { activity } from 'sagaline/activities';
import { createHttpPaymentProvider } from '../../../../activities/shop/payments.http';
import type { ProviderError } from '../../../../activities/shop/provider-http';
import { createHttpCarrier } from '../../../../activities/shop/shipping.http';

const payment = { key: 'o-1:authorizePayment:0', orderId: 'o-1', paymentToken: 'tok_visa' } as const;
const authorization = { ...payment, total: { amount: 100, currency: 'EUR' } } as const;
const booking = {
  key: 'o-1:createShipment:0',
  orderId: 'o-1',
  recipient: { name: 'Ada', street: 'Am Wall 1', postalCode: '28195', city: 'Bremen', country: 'DE' },
  parcels: [{ sku: 'TEA', quantity: 1 }],
};

let stop: () => void = () => undefined;

afterEach(() => {
  stop();
});

async function serve(listener: RequestListener): Promise<{ url: string; apiKey: string }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, apiKey: 'secret-key' };
}

/** A provider that answers every call alike. */
function serveAlways(status: number, body: string, headers: Record<string, string> = {}) {
  return serve((_request, response) => response.writeHead(status, headers).end(body));
}

const refusal = (type: string, code: string) =>
  JSON.stringify({ error: { type, code, message: 'No.', request_id: 'an addition of theirs' } });

test('a key that changes, in its file for example, is sent with the next call', async () => {
  const seen: unknown[] = [];
  const served = await serve((request, response) => {
    seen.push(request.headers.authorization);
    response.end(JSON.stringify({ id: 'pay_1', status: 'requires_capture' }));
  });
  const access = { ...served };
  const provider = createHttpPaymentProvider(access);
  await provider.authorize(authorization);
  access.apiKey = 'next-key';
  await provider.authorize(authorization);
  expect(seen).toEqual(['Bearer secret-key', 'Bearer next-key']);
});

test('a call continues the trace of its step, and has none outside of a step', async () => {
  const seen: unknown[] = [];
  const access = await serve((request, response) => {
    seen.push([request.headers['traceparent'], request.headers['tracestate']]);
    response.end(JSON.stringify({ id: 'pay_1', status: 'requires_capture' }));
  });
  const provider = createHttpPaymentProvider(access);
  const step = activity(z.object({}), () => provider.authorize(authorization));
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  await step({}, { causationId: 'e-1', traceparent, tracestate: 'vendor=1' });
  await step({}, { causationId: 'e-1', traceparent: 'garbage', tracestate: 'vendor=1' });
  await provider.authorize(authorization);
  expect(seen).toEqual([
    [traceparent, 'vendor=1'],
    [undefined, undefined],
    [undefined, undefined],
  ]);
});

test('calls with the key, the idempotency key and what the provider calls things', async () => {
  const seen: object[] = [];
  const access = await serve((request, response) => {
    const { method, url, headers } = request;
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      seen.push({ method, url, body: JSON.parse(body), ...headers });
      response.end(JSON.stringify({ id: 'pay_1', status: 'requires_capture', more: 'than we know' }));
    });
  });
  expect(await createHttpPaymentProvider(access).authorize(authorization)).toEqual({
    paymentId: 'pay_1',
    state: 'authorized',
  });
  expect(seen).toEqual([
    expect.objectContaining({
      method: 'POST',
      url: '/v1/payments',
      authorization: 'Bearer secret-key',
      'idempotency-key': authorization.key,
      'content-type': 'application/json',
      body: { amount: 100, currency: 'EUR', payment_method: 'tok_visa', merchant_reference: 'o-1' },
    }),
  ]);
});

test('the carrier gets all of an address, and nothing that it has not', async () => {
  const seen: unknown[] = [];
  const access = await serve((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      seen.push((JSON.parse(body) as { recipient: unknown }).recipient);
      response.end(JSON.stringify({ id: 'shp_1', tracking_number: 'T-1' }));
    });
  });
  const carrier = createHttpCarrier(access);
  const hongKong = { name: '陳大文', street: '彌敦道 132 號', city: '香港', country: 'HK' };
  const more = { street2: '12 樓', region: '九龍', phone: '+852 5550 1234' };
  await carrier.book({ ...booking, recipient: hongKong });
  await carrier.book({ ...booking, recipient: { ...hongKong, ...more, postalCode: '999077' } });
  expect(seen).toEqual([hongKong, { ...hongKong, ...more, postal_code: '999077' }]);
});

test.each([
  [500, refusal('api_error', 'internal_error')],
  [409, refusal('idempotency_error', 'key_in_flight')],
  [402, 'Payment Required: renew your subscription to this proxy'],
  [401, ''],
  [201, '<html>Welcome to the hotel</html>'],
  [201, '{"id":"pay_'],
])('an answer %s %s is an error to retry, with what there is to know of it', async (status, body) => {
  const access = await serveAlways(status, body);
  const error = (await createHttpPaymentProvider(access)
    .authorize(authorization)
    .catch((reason: unknown) => reason)) as ProviderError;
  expect(error).toMatchObject({ name: 'ProviderError', provider: 'payment provider', status, excerpt: body });
  expect(error.message).not.toContain('secret-key');
});

test('the definite refusals are refusals, in the words of the provider', async () => {
  const declined = await serveAlways(402, refusal('card_error', 'expired_card'));
  await expect(createHttpPaymentProvider(declined).authorize(authorization)).rejects.toMatchObject({
    name: 'RefusalError',
    type: 'payment-declined',
    message: 'No.',
  });
  stop();
  const refused = await serveAlways(422, refusal('shipment_refused', 'too_heavy'));
  await expect(createHttpCarrier(refused).book(booking)).rejects.toMatchObject({
    name: 'RefusalError',
    type: 'address-not-served',
  });
});

test.each([
  ['requires_capture', 'authorized'],
  ['captured', 'authorized'],
  ['pending', 'pending'],
])('a payment that is %s counts as %s', async (status, state) => {
  const access = await serveAlways(200, JSON.stringify({ id: 'pay_1', status }));
  expect(await createHttpPaymentProvider(access).authorize(authorization)).toEqual({
    paymentId: 'pay_1',
    state,
  });
});

test('a refund in part, by whomever, is not yet a refund', async () => {
  const access = await serveAlways(200, JSON.stringify({ id: 'pay_1', status: 'partially_refunded' }));
  const provider = createHttpPaymentProvider(access);
  expect([await provider.isRefunded('pay_1'), await provider.isCaptured('pay_1')]).toEqual([false, true]);
});

test('a parcel in a state that we do not know is a defect', async () => {
  const access = await serveAlways(200, '{"status":"in the mud"}');
  await expect(createHttpCarrier(access).track('shp_1')).rejects.toMatchObject({ name: 'DefectError' });
});

test('follows no redirect: the key would go to a stranger', async () => {
  const asked: (string | undefined)[] = [];
  const access = await serve((request, response) => {
    asked.push(request.url);
    response.writeHead(307, { location: '/elsewhere' }).end();
  });
  const booked = createHttpCarrier(access).book(booking);
  await expect(booked).rejects.toMatchObject({ name: 'ProviderError', status: undefined });
  expect(asked).toEqual(['/v1/shipments']);
});

test('a provider that cannot be reached is an error to retry, with its cause', async () => {
  const access = await serveAlways(200, '');
  stop();
  const found = createHttpPaymentProvider(access).findByKey('key');
  await expect(found).rejects.toMatchObject({ name: 'ProviderError', cause: { name: 'TypeError' } });
});

test('a provider that begins to answer and never ends is given up after 5 s', async () => {
  const access = await serve((_request, response) => response.writeHead(200).write('{'));
  const began = Date.now();
  await expect(createHttpCarrier(access).findByKey('key')).rejects.toMatchObject({
    name: 'ProviderError',
    cause: { name: 'TimeoutError' },
  });
  expect(Date.now() - began).toBeGreaterThan(4_500);
  expect(Date.now() - began).toBeLessThan(7_000);
}, 15_000);

const whole = {
  id: 'pay_1',
  status: 'requires_capture',
  amount: 100,
  amount_captured: 0,
  amount_refunded: 0,
  currency: 'EUR',
  merchant_reference: 'o-1',
  created: 1_700_000_000,
  updated: 1_700_000_001,
};

test('a payment that the customer has to confirm is pending, and says where', async () => {
  const url = 'https://payments.example.com/3ds';
  const action = { type: 'redirect', redirect_url: url };
  const body = JSON.stringify({ id: 'pay_1', status: 'requires_action', next_action: action });
  const access = await serveAlways(201, body);
  expect(await createHttpPaymentProvider(access).authorize(authorization)).toEqual({
    paymentId: 'pay_1',
    state: 'pending',
    actionUrl: url,
  });
});

test('an authorization says when it ends, and is renewed', async () => {
  const body = { ...whole, authorization_expires_at: 1_700_600_000 };
  const provider = createHttpPaymentProvider(await serveAlways(200, JSON.stringify(body)));
  const expiresAt = 1_700_600_000_000;
  expect(await provider.authorize(authorization)).toEqual({
    paymentId: 'pay_1',
    state: 'authorized',
    expiresAt,
  });
  expect(await provider.reauthorize({ key: 'key', paymentId: 'pay_1' })).toEqual({ expiresAt });
});

test.each([
  [
    'reauthorize',
    400,
    refusal('invalid_request', 'reauthorization_not_supported'),
    'authorization-not-renewable',
  ],
  ['reauthorize', 409, refusal('invalid_state', 'payment_canceled'), 'payment-voided'],
  ['reauthorize', 402, refusal('card_error', 'card_declined'), 'payment-declined'],
  ['capture', 409, refusal('invalid_state', 'payment_canceled'), 'payment-voided'],
] as const)('a %s that is answered %s is refused: %s', async (call, status, body, type) => {
  const access = await serveAlways(status, body);
  const asked = createHttpPaymentProvider(access)[call]({ key: 'key', paymentId: 'pay_1', amount: 100 });
  await expect(asked).rejects.toMatchObject({ name: 'RefusalError', type });
});

test('the list of payments is asked for page by page, each with all that is known of it', async () => {
  const seen: (string | undefined)[] = [];
  const dispute = { id: 'dp_1', status: 'lost', amount: 100, reason: 'fraudulent' };
  const access = await serve(({ url }, response) => {
    seen.push(url);
    response.end(JSON.stringify({ data: [{ ...whole, dispute }], has_more: true }));
  });
  const provider = createHttpPaymentProvider(access);
  const page = await provider.list({ since: 1_700_000_000_500 });
  await provider.list({ since: 0, after: 'pay_1' });
  expect(seen).toEqual([
    '/v1/payments?updated_since=1700000000&limit=100',
    '/v1/payments?updated_since=0&limit=100&starting_after=pay_1',
  ]);
  expect(page).toMatchObject({
    hasMore: true,
    payments: [
      {
        ...{ paymentId: 'pay_1', orderId: 'o-1', amount: 100, currency: 'EUR', state: 'authorized' },
        ...{ captured: 0, refunded: 0, updatedAt: 1_700_000_001_000 },
        dispute: { disputeId: 'dp_1', status: 'lost', amount: 100, reason: 'fraudulent' },
      },
    ],
  });
});

test('a 404 that is not the provider’s own does not say that there is no such payment, nor parcel', async () => {
  const access = await serveAlways(404, '<html>no such host</html>');
  const error = { name: 'ProviderError', status: 404 };
  await expect(createHttpPaymentProvider(access).paymentOf('pay_1')).rejects.toMatchObject(error);
  await expect(createHttpCarrier(access).track('shp_1')).rejects.toMatchObject(error);
});
