import { PAYMENTS, paymentBody, startSandboxUnderTest, type SandboxUnderTest } from './sandbox-under-test';

let sandbox: SandboxUnderTest;
beforeAll(async () => void (sandbox = await startSandboxUnderTest()));
afterAll(() => sandbox.stop());

let calls = 0;
const newKey = () => `key-${++calls}`;
const pay = async () =>
  (await sandbox.post(PAYMENTS, { key: newKey(), body: paymentBody('tok_visa') })).body.id;
const act = (id: string, action: string, body?: unknown) =>
  sandbox.post(`${PAYMENTS}/${id}/${action}`, { key: newKey(), body });

test('capture, then refunds until nothing is left', async () => {
  const id = await pay();
  expect((await act(id, 'capture', { amount: 4000 })).body).toMatchObject({
    status: 'captured',
    amount_captured: 4000,
  });
  const tooMuch = await act(id, 'refunds', { amount: 4001 });
  expect([tooMuch.status, tooMuch.body.error.code]).toEqual([400, 'amount_too_large']);
  expect((await act(id, 'refunds', { amount: 1500 })).body).toMatchObject({
    status: 'partially_refunded',
    amount_refunded: 1500,
  });
  expect((await act(id, 'refunds', { amount: 2500 })).body).toMatchObject({
    status: 'refunded',
    amount_refunded: 4000,
  });
  const notification = await sandbox.receiver.waitFor(4, ({ rawBody }) => rawBody.includes(id));
  expect(notification.map(({ body }) => body['type'])).toEqual([
    'payment.authorized',
    'payment.captured',
    'payment.refunded',
    'payment.refunded',
  ]);
});

test('more than was authorised cannot be captured', async () => {
  const { status, body } = await act(await pay(), 'capture', { amount: 4201 });
  expect([status, body.error.param]).toEqual([400, 'amount']);
});

test('two captures at the same time take the money once', async () => {
  const id = await pay();
  const both = await Promise.all([act(id, 'capture', { amount: 1 }), act(id, 'capture', { amount: 1 })]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
});

test.each([
  ['refunds', { amount: 1 }, 'requires_capture', []],
  ['capture', { amount: 1 }, 'captured', ['capture']],
  ['cancel', undefined, 'captured', ['capture']],
  ['capture', { amount: 1 }, 'canceled', ['cancel']],
  ['cancel', undefined, 'canceled', ['cancel']],
  ['refunds', { amount: 1 }, 'refunded', ['capture', 'refunds']],
] as const)('%s (%j) of a payment that is %s is refused with 409', async (action, body, state, before) => {
  const id = await pay();
  for (const step of before) await act(id, step, step === 'cancel' ? undefined : { amount: 4200 });
  const refused = await act(id, action, body);
  expect(refused.status).toBe(409);
  expect(refused.body.error).toMatchObject({
    type: 'invalid_state',
    code: `payment_${state}`,
    payment: { id, status: state },
  });
});

test.each([
  ['amount', { amount: 0 }],
  ['amount', { amount: 42.5 }],
  ['amount', { amount: '4200' }],
  ['currency', { currency: 'eur' }],
  ['merchant_reference', { merchant_reference: '' }],
  ['colour', { colour: 'red' }],
])('a wrong %s (%j) is refused, and named', async (param, wrong) => {
  const { status, body } = await sandbox.post(PAYMENTS, {
    key: newKey(),
    body: paymentBody('tok_visa', wrong),
  });
  expect(status).toBe(400);
  expect(body.error).toMatchObject({ type: 'invalid_request', param });
  expect(body.error.message).toContain(param);
});

test('calls without API key, without idempotency key, of nothing known, unreadable or too large are refused', async () => {
  const body = paymentBody('tok_visa');
  expect((await sandbox.post(PAYMENTS, { key: newKey(), body, apiKey: 'sk_carrier' })).status).toBe(401);
  const keyless = await sandbox.post(PAYMENTS, { body });
  expect([keyless.status, keyless.body.error.param]).toEqual([400, 'Idempotency-Key']);
  expect((await act('pay_none', 'cancel')).status).toBe(404);
  expect((await sandbox.get(`${PAYMENTS}/pay_none`)).status).toBe(404);
  expect((await sandbox.get(`${PAYMENTS}?idempotency_key=none`)).body).toEqual({ data: [] });
  expect((await sandbox.get(PAYMENTS)).body.error.param).toBe('idempotency_key');
  expect((await sandbox.post(PAYMENTS, { key: newKey(), body: '{"amount":' })).status).toBe(400);
  const large = paymentBody('tok_visa', { merchant_reference: 'x'.repeat(65 * 1024) });
  expect((await sandbox.post(PAYMENTS, { key: newKey(), body: large })).status).toBe(413);
});

test('a cancellation may come with the content type of JSON and no body', async () => {
  const answer = await sandbox.post(`${PAYMENTS}/${await pay()}/cancel`, { key: newKey(), body: '' });
  expect([answer.status, answer.body.status]).toEqual([200, 'canceled']);
});
