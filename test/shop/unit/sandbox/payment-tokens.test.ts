import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../../support/until';
import { PAYMENT_TOKENS, SINGLE_USE_PREFIX } from '../../../../domains/shop/sandbox/payments/tokens';
import { PAYMENTS, paymentBody, startSandboxUnderTest, type SandboxUnderTest } from './sandbox-under-test';

let sandbox: SandboxUnderTest;
beforeAll(async () => void (sandbox = await startSandboxUnderTest()));
let slowSandbox: SandboxUnderTest | undefined;
afterAll(async () => {
  await sandbox.stop();
  await slowSandbox?.stop();
});

let calls = 0;
const newKey = () => `key-${++calls}`;
const pay = (token: string, key = newKey()) => sandbox.post(PAYMENTS, { key, body: paymentBody(token) });
const find = async (key: string) => (await sandbox.get(`${PAYMENTS}?idempotency_key=${key}`)).body.data;
const notificationsOf = async (paymentId: string) => {
  const [webhook] = await sandbox.receiver.waitFor(1, ({ rawBody }) => rawBody.includes(paymentId));
  return webhook?.body;
};

test('tok_visa is authorised, and a webhook says so', async () => {
  const { status, body } = await pay('tok_visa');
  expect(status).toBe(201);
  expect(body).toEqual({
    id: expect.stringMatching(/^pay_/),
    object: 'payment',
    status: 'requires_capture',
    amount: 4200,
    amount_captured: 0,
    amount_refunded: 0,
    currency: 'EUR',
    merchant_reference: 'order-1',
    authorization_expires_at: expect.any(Number),
    created: expect.any(Number),
    updated: body['created'],
  });
  expect(body['authorization_expires_at']).toBeCloseTo((body['created'] as number) + 7 * 24 * 3_600, -1);
  expect(Math.abs((body['created'] as number) - Date.now() / 1000)).toBeLessThan(5);
  expect(await notificationsOf(body.id)).toEqual({
    id: expect.stringMatching(/^evt_/),
    type: 'payment.authorized',
    created: expect.any(Number),
    livemode: false,
    data: { object: body },
    mode: 'synchronous',
  });
  expect((await sandbox.get(`${PAYMENTS}/${body.id}`)).body).toEqual(body);
});

test.each([
  ['tok_declined', 'card_declined'],
  ['tok_insufficient_funds', 'insufficient_funds'],
  ['tok_expired', 'expired_card'],
])('%s is declined with %s', async (token, code) => {
  const key = newKey();
  const { status, body } = await pay(token, key);
  expect(status).toBe(402);
  expect(body.error).toMatchObject({
    type: 'card_error',
    code,
    payment: { status: 'declined', decline_code: code },
  });
  expect(await find(key)).toEqual([body.error.payment]);
  expect(await notificationsOf(body.error.payment?.['id'] as string)).toMatchObject({
    type: 'payment.declined',
    mode: 'synchronous',
  });
});

test.each([
  ['tok_pending_then_authorized', 'requires_capture', 'payment.authorized'],
  ['tok_pending_then_declined', 'declined', 'payment.declined'],
])('%s is pending, and %s after a while', async (token, outcome, notification) => {
  const { status, body } = await pay(token);
  expect([status, body.status]).toEqual([201, 'pending']);
  const webhook = await notificationsOf(body.id);
  expect(webhook).toMatchObject({
    type: notification,
    mode: 'asynchronous',
    data: { object: { status: outcome } },
  });
  expect((await sandbox.get(`${PAYMENTS}/${body.id}`)).body.status).toBe(outcome);
});

test('a pending payment that is cancelled has no other outcome', async () => {
  const { body } = await pay('tok_pending_then_authorized');
  expect((await sandbox.post(`${PAYMENTS}/${body.id}/cancel`, { key: newKey() })).body.status).toBe(
    'canceled',
  );
  await sleep(120);
  expect((await sandbox.get(`${PAYMENTS}/${body.id}`)).body.status).toBe('canceled');
  const notification = sandbox.receiver.received.filter(({ rawBody }) => rawBody.includes(body.id));
  expect(notification.map((webhook) => webhook.body['type'])).toEqual(['payment.canceled']);
});

test('tok_pending_forever stays pending', async () => {
  const { body } = await pay('tok_pending_forever');
  await sleep(120);
  expect((await sandbox.get(`${PAYMENTS}/${body.id}`)).body.status).toBe('pending');
  expect(sandbox.receiver.received.filter(({ rawBody }) => rawBody.includes(body.id))).toEqual([]);
});

test('tok_slow takes effect and answers only after slowMs, the key in flight until then', async () => {
  const slowly = (slowSandbox = await startSandboxUnderTest({ slowMs: 1_000 }));
  const slowPay = () => slowly.post(PAYMENTS, { key: 'k', body: paymentBody('tok_slow') });
  const found = async () => (await slowly.get(`${PAYMENTS}?idempotency_key=k`)).body.data;
  const started = Date.now();
  const slow = slowPay();
  await sleep(20);
  expect(await found()).toEqual([]);
  const meanwhile = await slowPay();
  expect([meanwhile.status, meanwhile.body.error.code]).toEqual([409, 'key_in_flight']);
  const { status, body } = await slow;
  expect(status).toBe(201);
  expect(Date.now() - started).toBeGreaterThanOrEqual(995);
  expect(await found()).toEqual([body]);
});

test('tok_slow takes effect though the caller has hung up', async () => {
  const key = newKey();
  const call = fetch(sandbox.url + PAYMENTS, {
    method: 'POST',
    headers: {
      authorization: 'Bearer sk_payments',
      'idempotency-key': key,
      'content-type': 'application/json',
    },
    body: JSON.stringify(paymentBody('tok_slow')),
    signal: AbortSignal.timeout(30),
  });
  await expect(call).rejects.toThrow();
  const found = await until('it has taken effect', async () => {
    const payments = await find(key);
    return payments.length > 0 && payments;
  });
  expect(found).toMatchObject([{ status: 'requires_capture' }]);
});

test('tok_timeout_after_effect takes effect, loses the first answer, and keeps it for the repeat', async () => {
  const key = newKey();
  const first = pay('tok_timeout_after_effect', key);
  const broken = expect(first).rejects.toThrow('fetch failed');
  await sleep(20);
  const found = await find(key);
  expect(found).toMatchObject([{ status: 'requires_capture' }]);
  const second = await pay('tok_timeout_after_effect', key);
  expect(second).toMatchObject({ status: 201, replayed: true, body: found[0] });
  await broken;
});

test('tok_timeout_before_effect loses the first request, and the next works', async () => {
  const key = newKey();
  await expect(pay('tok_timeout_before_effect', key)).rejects.toThrow('fetch failed');
  expect(await find(key)).toEqual([]);
  expect(await pay('tok_timeout_before_effect', key)).toMatchObject({ status: 201, replayed: false });
});

test('tok_unavailable_twice is 503 twice for each key, then works', async () => {
  const key = newKey();
  const statuses = [];
  for (let i = 0; i < 4; i++) statuses.push((await pay('tok_unavailable_twice', key)).status);
  expect(statuses).toEqual([503, 503, 201, 201]);
  expect((await pay('tok_unavailable_twice')).status).toBe(503);
});

test('tok_capture_declined is authorised, and its capture refused', async () => {
  const { status, body } = await pay('tok_capture_declined');
  expect(status).toBe(201);
  const refused = await sandbox.post(`${PAYMENTS}/${body.id}/capture`, {
    key: newKey(),
    body: { amount: 4200 },
  });
  expect(refused.status).toBe(402);
  expect(refused.body.error).toMatchObject({ type: 'card_error', payment: { status: 'requires_capture' } });
  await sandbox.receiver.waitFor(
    1,
    (webhook) => webhook.rawBody.includes(body.id) && webhook.body['type'] === 'payment.capture_declined',
  );
  expect((await sandbox.post(`${PAYMENTS}/${body.id}/cancel`, { key: newKey() })).status).toBe(200);
});

test('tok_cancel_fails cannot be cancelled until it is healed; a later one fails again', async () => {
  const { body } = await pay('tok_cancel_fails');
  const key = newKey();
  const cancel = (id: string) => sandbox.post(`${PAYMENTS}/${id}/cancel`, { key });
  expect([(await cancel(body.id)).status, (await cancel(body.id)).status]).toEqual([500, 500]);
  expect((await sandbox.post('/sandbox/heal')).body).toEqual({ healed: 1 });
  expect(await cancel(body.id)).toMatchObject({ status: 200, body: { status: 'canceled' } });
  const later = await pay('tok_cancel_fails');
  expect((await sandbox.post(`${PAYMENTS}/${later.body.id}/cancel`, { key: newKey() })).status).toBe(500);
});

test('tok_malformed_answer takes effect, its first answer is no JSON, the repeat is whole', async () => {
  const key = newKey();
  await expect(pay('tok_malformed_answer', key)).rejects.toMatchObject({ name: 'SyntaxError' });
  const found = await find(key);
  expect(await pay('tok_malformed_answer', key)).toMatchObject({
    status: 201,
    replayed: true,
    body: found[0],
  });
});

test('the README tells of each token', async () => {
  const readme = await readFile('domains/shop/sandbox/README.md', 'utf8');
  for (const token of [...Object.keys(PAYMENT_TOKENS), `${SINGLE_USE_PREFIX}*`])
    expect(readme).toContain(`\`${token}\``);
});
