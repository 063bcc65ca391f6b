import { PAYMENTS, paymentBody, startSandboxUnderTest, type SandboxUnderTest } from './sandbox-under-test';

let sandbox: SandboxUnderTest;
beforeAll(async () => void (sandbox = await startSandboxUnderTest({ disputeMs: 40 })));
afterAll(() => sandbox.stop());

let calls = 0;
const newKey = () => `key-${++calls}`;
const pay = async (token = 'tok_visa') =>
  (await sandbox.post(PAYMENTS, { key: newKey(), body: paymentBody(token) })).body.id;
const captured = async (token?: string) => {
  const id = await pay(token);
  await sandbox.post(`${PAYMENTS}/${id}/capture`, { key: newKey(), body: { amount: 4200 } });
  return id;
};
const byHand = (id: string, act: string, body?: unknown) =>
  sandbox.post(`/sandbox/payments/${id}/${act}`, { body });
const notified = async (id: string, type: string) => {
  const [webhook] = await sandbox.receiver.waitFor(
    1,
    ({ rawBody, body }) => rawBody.includes(id) && body['type'] === type,
  );
  return webhook?.body;
};

test.each([
  ['tok_visa', 'cancel', 'by_hand'],
  ['tok_visa', 'expire', 'expired'],
  ['tok_pending_forever', 'cancel', 'by_hand'],
  ['tok_three_d_secure', 'expire', 'abandoned'],
  // Its failures are for the merchant's calls alone.
  ['tok_cancel_fails', 'cancel', 'by_hand'],
])('%s: %s ends the payment, %s, and a webhook says so', async (token, act, reason) => {
  const id = await pay(token);
  const ended = { id, status: 'canceled', cancellation_reason: reason };
  expect(await byHand(id, act)).toMatchObject({ status: 200, body: ended });
  expect(await notified(id, 'payment.canceled')).toMatchObject({
    mode: 'asynchronous',
    data: { object: ended },
  });
  const again = await byHand(id, act);
  expect([again.status, again.body.error.code]).toEqual([409, 'payment_canceled']);
});

test('a part is refunded, then the rest', async () => {
  const id = await captured();
  expect((await byHand(id, 'refund', { amount: 100 })).body).toMatchObject({
    status: 'partially_refunded',
    amount_refunded: 100,
  });
  expect(await notified(id, 'payment.refunded')).toMatchObject({
    mode: 'asynchronous',
    data: { object: { amount_refunded: 100 } },
  });
  const tooMuch = await byHand(id, 'refund', { amount: 4101 });
  expect([tooMuch.status, tooMuch.body.error.code]).toEqual([400, 'amount_too_large']);
  expect((await byHand(id, 'refund')).body).toMatchObject({ status: 'refunded', amount_refunded: 4200 });
  expect((await byHand(id, 'refund')).status).toBe(409);
});

test.each(['won', 'lost'])('a dispute is opened, and %s', async (outcome) => {
  const id = await captured();
  const dispute = { id: expect.stringMatching(/^dsp_/) as string, amount: 200, reason: 'fraudulent' };
  const opened = await byHand(id, 'dispute', { amount: 200 });
  expect(opened.body).toMatchObject({
    status: 'captured',
    dispute: { ...dispute, status: 'needs_response' },
  });
  expect(await notified(id, 'payment.dispute_opened')).toMatchObject({
    mode: 'asynchronous',
    data: { object: { id, dispute } },
  });
  const second = await byHand(id, 'dispute');
  expect([second.status, second.body.error.code]).toEqual([409, 'dispute_needs_response']);
  const closed = { ...dispute, status: outcome };
  expect((await byHand(id, 'close-dispute', { outcome })).body).toMatchObject({ dispute: closed });
  expect(await notified(id, 'payment.dispute_closed')).toMatchObject({
    data: { object: { dispute: closed } },
  });
});

test('tok_disputed is disputed after its capture, for all of it', async () => {
  const id = await captured('tok_disputed');
  expect(await notified(id, 'payment.dispute_opened')).toMatchObject({
    data: { object: { id, dispute: { amount: 4200, status: 'needs_response' } } },
  });
});

test('what was not captured cannot be refunded or disputed, nor a dispute closed that nobody opened', async () => {
  const id = await pay();
  expect((await byHand(id, 'refund')).body.error.code).toBe('payment_requires_capture');
  expect((await byHand(id, 'dispute')).body.error.code).toBe('payment_requires_capture');
  expect((await byHand(id, 'authenticate', { outcome: 'failed' })).body.error.code).toBe(
    'payment_requires_capture',
  );
  expect((await byHand(id, 'close-dispute', { outcome: 'won' })).body.error.code).toBe('dispute_missing');
});

test('an unknown payment is 404, a wrong field 400', async () => {
  expect((await byHand('pay_none', 'cancel')).status).toBe(404);
  expect((await byHand(await captured(), 'refund', { amount: 0 })).body.error.param).toBe('amount');
  expect((await byHand(await pay('tok_three_d_secure'), 'authenticate', {})).body.error.param).toBe(
    'outcome',
  );
});
