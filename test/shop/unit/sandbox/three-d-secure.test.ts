import { authenticationPage } from '../../../../domains/shop/sandbox/payments/authentication-page';
import { paymentSchema } from '../../../../domains/shop/sandbox/payments/payment';
import { PAYMENTS, paymentBody, startSandboxUnderTest, type SandboxUnderTest } from './sandbox-under-test';

let sandbox: SandboxUnderTest;
beforeAll(async () => void (sandbox = await startSandboxUnderTest({ actionMs: 200 })));
afterAll(() => sandbox.stop());

let calls = 0;
const newKey = () => `key-${++calls}`;
const pay = (token: string) => sandbox.post(PAYMENTS, { key: newKey(), body: paymentBody(token) });
const now = async (id: string) => (await sandbox.get(`${PAYMENTS}/${id}`)).body;
const authenticate = (id: string, outcome: string) =>
  sandbox.post(`/sandbox/payments/${id}/authenticate`, { body: { outcome } });
const notified = async (id: string, count: number) => {
  const webhooks = await sandbox.receiver.waitFor(count, ({ rawBody }) => rawBody.includes(id));
  return webhooks.map(({ body }) => `${String(body['type'])} ${String(body['mode'])}`);
};

test('tok_three_d_secure requires the customer, with a page to go to', async () => {
  const { status, body } = await pay('tok_three_d_secure');
  const link = `${sandbox.url}/sandbox/payments/${body.id}/authenticate`;
  expect(status).toBe(201);
  expect(body).toMatchObject({
    status: 'requires_action',
    next_action: { type: 'redirect', redirect_url: link },
  });
  expect(body).not.toHaveProperty('authorization_expires_at');
  expect(await notified(body.id, 1)).toEqual(['payment.requires_action synchronous']);
  const page = await fetch(link);
  expect(page.headers.get('content-type')).toContain('text/html');
  expect(await page.text()).toContain('Yes, it is me');
});

test.each([
  [{ status: 'requires_action' }, 'Do you want to pay €42.00?'],
  [{ status: 'requires_action', currency: 'JPY' }, 'Do you want to pay ¥4,200?'],
  [{ status: 'requires_capture' }, 'You have confirmed the payment of €42.00.'],
  [{ status: 'declined' }, 'The payment of €42.00 was declined.'],
  [{ status: 'canceled' }, 'The payment of €42.00 was cancelled'],
] as const)('the page for %j says: %s', async (changes, text) => {
  const { body } = await pay('tok_three_d_secure');
  const payment = paymentSchema.parse(body);
  const page = authenticationPage({ ...payment, amount: 4_200, ...changes });
  expect(page).toContain(text);
  expect(page.includes('<button')).toBe(changes.status === 'requires_action');
});

test.each([
  ['succeeded', { status: 'requires_capture' }, 'payment.authorized asynchronous'],
  ['failed', { status: 'declined', decline_code: 'authentication_failed' }, 'payment.declined asynchronous'],
])('an authentication that has %s decides the payment', async (outcome, decided, notification) => {
  const { body } = await pay('tok_three_d_secure');
  expect(await authenticate(body.id, outcome)).toMatchObject({ status: 200, body: decided });
  const payment = await now(body.id);
  expect(payment).toMatchObject(decided);
  expect(payment).not.toHaveProperty('next_action');
  expect((await notified(body.id, 2))[1]).toBe(notification);
  const again = await authenticate(body.id, outcome);
  expect([again.status, again.body.error.code]).toEqual([409, `payment_${decided.status}`]);
});

test.each([
  ['tok_three_d_secure_then_authorized', 'requires_capture', 'payment.authorized asynchronous'],
  ['tok_three_d_secure_then_declined', 'declined', 'payment.declined asynchronous'],
])('%s is %s after a while', async (token, status, notification) => {
  const { body } = await pay(token);
  expect(body.status).toBe('requires_action');
  expect((await notified(body.id, 2))[1]).toBe(notification);
  expect((await now(body.id)).status).toBe(status);
});

test('what nobody authenticates is abandoned', async () => {
  const { body } = await pay('tok_three_d_secure');
  expect((await notified(body.id, 2))[1]).toBe('payment.canceled asynchronous');
  expect(await now(body.id)).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned' });
});

test('the merchant may withdraw it before, and then it cannot be captured', async () => {
  const { body } = await pay('tok_three_d_secure');
  const capture = await sandbox.post(`${PAYMENTS}/${body.id}/capture`, {
    key: newKey(),
    body: { amount: 1 },
  });
  expect([capture.status, capture.body.error.code]).toEqual([409, 'payment_requires_action']);
  const canceled = await sandbox.post(`${PAYMENTS}/${body.id}/cancel`, { key: newKey() });
  expect(canceled.body).toMatchObject({ status: 'canceled', cancellation_reason: 'requested' });
});
