import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { signWebhook } from '../../../../domains/shop/sandbox/signature';
import { retryDelayMs } from '../../../../domains/shop/sandbox/webhooks';
import {
  CARRIER_SECRET,
  PAYMENTS,
  PAYMENT_SECRET,
  SHIPMENTS,
  paymentBody,
  shipmentBody,
  startSandboxUnderTest,
  type ReceivedWebhook,
  type SandboxUnderTest,
} from './sandbox-under-test';

let sandbox: SandboxUnderTest;
beforeEach(async () => void (sandbox = await startSandboxUnderTest()));
afterEach(() => sandbox.stop());

const pay = (key: string) => sandbox.post(PAYMENTS, { key, body: paymentBody('tok_visa') });

function verify({ headers, rawBody }: ReceivedWebhook, secret: string): boolean {
  const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['webhook-signature'])) ?? [];
  const expected = createHmac('sha256', secret).update(`${t}.`).update(rawBody).digest('hex');
  return v1 === expected && Math.abs(Number(t) - Date.now() / 1000) < 5;
}

test('a signature is what openssl computes', () => {
  // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac whsec_example
  const hex = '3500e4cbdbe983dfd06e403872463b7fdd63367811622e0b0ff04bf7aa1f839f';
  expect(signWebhook({ secret: 'whsec_example', rawBody: '{"a":1}', timestamp: 1_700_000_000 })).toBe(
    `t=1700000000,v1=${hex}`,
  );
});

test("each provider's webhooks are signed with its own secret", async () => {
  await pay('signed');
  await sandbox.post(SHIPMENTS, { key: 'signed', body: shipmentBody('00002') });
  const webhooks = await sandbox.receiver.waitFor(2);
  const payment = webhooks.find(({ path }) => path === '/webhooks/payment-provider');
  const shipment = webhooks.find(({ path }) => path === '/webhooks/carrier');
  if (!payment || !shipment) throw new Error('one of each was expected');
  expect([verify(payment, PAYMENT_SECRET), verify(payment, CARRIER_SECRET)]).toEqual([true, false]);
  expect([verify(shipment, CARRIER_SECRET), verify(shipment, PAYMENT_SECRET)]).toEqual([true, false]);
  expect(payment.headers['content-type']).toBe('application/json');
});

test('a refused webhook comes again with the same bytes until a 2xx, and then no more', async () => {
  sandbox.receiver.answerWith(500);
  await pay('retried');
  await sandbox.receiver.waitFor(2);
  sandbox.receiver.answerWith(200);
  const [first, second, third] = await sandbox.receiver.waitFor(3);
  expect(second?.rawBody).toBe(first?.rawBody);
  expect(third?.rawBody).toBe(first?.rawBody);
  await sleep(400);
  expect(sandbox.receiver.received).toHaveLength(3);
  expect((await sandbox.get('/sandbox/webhooks')).body.data).toMatchObject([{ delivered: true }]);
});

test('a redirect is no delivery, and is not followed', async () => {
  sandbox.receiver.answerWith(307);
  await pay('redirected');
  const webhooks = await sandbox.receiver.waitFor(2);
  expect(webhooks.map(({ path }) => path)).toEqual([
    '/webhooks/payment-provider',
    '/webhooks/payment-provider',
  ]);
});

test('the notification of one payment waits for its earlier notification, that of another does not', async () => {
  sandbox.receiver.answerWith(503);
  const { body } = await pay('blocked');
  await sandbox.post(`${PAYMENTS}/${body.id}/cancel`, { key: 'blocked-cancel' });
  await sandbox.receiver.waitFor(2);
  sandbox.receiver.answerWith(200);
  await pay('free');
  const all = await sandbox.receiver.waitFor(4, () => true);
  await sandbox.receiver.waitFor(1, (webhook) => webhook.body['type'] === 'payment.canceled');
  expect(all[2]?.rawBody).not.toContain(body.id);
  const ofBlocked = sandbox.receiver.received.filter(({ rawBody }) => rawBody.includes(body.id));
  expect(ofBlocked.map((webhook) => webhook.body['type'])).toEqual([
    'payment.authorized',
    'payment.authorized',
    'payment.authorized',
    'payment.canceled',
  ]);
});

test('a delivered webhook is sent again on demand; an unknown one is 404', async () => {
  await pay('resent');
  const [first] = await sandbox.receiver.waitFor(1);
  const id = String(first?.body['id']);
  expect((await sandbox.post(`/sandbox/webhooks/${id}/resend`)).status).toBe(202);
  const [, again] = await sandbox.receiver.waitFor(2);
  expect(again?.rawBody).toBe(first?.rawBody);
  expect((await sandbox.post('/sandbox/webhooks/evt_none/resend')).status).toBe(404);
});

test('tok_gzip_webhooks: webhooks are compressed', async () => {
  await sandbox.post(PAYMENTS, { key: 'k', body: paymentBody('tok_gzip_webhooks') });
  const [webhook] = await sandbox.receiver.waitFor(1);
  expect(webhook?.headers['content-encoding']).toBe('gzip');
  expect(webhook?.body).toMatchObject({ type: 'payment.authorized' });
});

test('retries come after 250 ms at first, then double, and stop growing at 5 s', () => {
  expect([1, 2, 3, 4, 5, 6, 30].map((attempt) => retryDelayMs(attempt, 1))).toEqual([
    250, 500, 1000, 2000, 4000, 5000, 5000,
  ]);
  expect([1, 2, 3, 30].map((attempt) => retryDelayMs(attempt, 0))).toEqual([250, 250, 500, 2500]);
});
