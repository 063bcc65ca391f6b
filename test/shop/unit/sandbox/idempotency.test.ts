import {
  PAYMENTS,
  SHIPMENTS,
  paymentBody,
  shipmentBody,
  startSandboxUnderTest,
  type SandboxUnderTest,
} from './sandbox-under-test';

let sandbox: SandboxUnderTest;
beforeAll(async () => void (sandbox = await startSandboxUnderTest()));
afterAll(() => sandbox.stop());

const paymentsInAll = async () => (await sandbox.get('/sandbox/payments')).body.data.length;

test.each(['tok_visa', 'tok_declined'])(
  'a repeat of %s gets the same answer and has no effect',
  async (token) => {
    const before = await paymentsInAll();
    const request = { key: `repeat-${token}`, body: paymentBody(token) };
    const first = await sandbox.post(PAYMENTS, request);
    const second = await sandbox.post(PAYMENTS, request);
    expect([first.replayed, second.replayed]).toEqual([false, true]);
    expect(second).toEqual({ ...first, replayed: true });
    expect(await paymentsInAll()).toBe(before + 1);
  },
);

test('the kept answer is that of the first time, whatever became of the payment', async () => {
  const request = { key: 'kept', body: paymentBody('tok_visa') };
  const first = await sandbox.post(PAYMENTS, request);
  await sandbox.post(`${PAYMENTS}/${first.body.id}/cancel`, { key: 'kept-cancel' });
  expect((await sandbox.post(PAYMENTS, request)).body).toEqual(first.body);
  const [now] = (await sandbox.get(`${PAYMENTS}?idempotency_key=kept`)).body.data;
  expect(now).toMatchObject({ id: first.body.id, status: 'canceled' });
});

test('the same key with another body, or for another call, is refused with 422', async () => {
  const first = await sandbox.post(PAYMENTS, { key: 'reused', body: paymentBody('tok_visa') });
  const other = await sandbox.post(PAYMENTS, {
    key: 'reused',
    body: paymentBody('tok_visa', { amount: 4201 }),
  });
  expect([other.status, other.body.error.type]).toEqual([422, 'idempotency_error']);
  const capture = await sandbox.post(`${PAYMENTS}/${first.body.id}/capture`, {
    key: 'reused',
    body: { amount: 4200 },
  });
  expect(capture.status).toBe(422);
});

test('the order of the members does not make another body', async () => {
  await sandbox.post(PAYMENTS, { key: 'order', body: paymentBody('tok_visa') });
  const turned = Object.fromEntries(Object.entries(paymentBody('tok_visa')).reverse());
  expect((await sandbox.post(PAYMENTS, { key: 'order', body: turned })).replayed).toBe(true);
});

test('a repeated capture takes the money once', async () => {
  const { body } = await sandbox.post(PAYMENTS, { key: 'captured', body: paymentBody('tok_visa') });
  const capture = { key: 'captured-capture', body: { amount: 4200 } };
  const first = await sandbox.post(`${PAYMENTS}/${body.id}/capture`, capture);
  const second = await sandbox.post(`${PAYMENTS}/${body.id}/capture`, capture);
  expect(second).toEqual({ ...first, replayed: true });
  const found = await sandbox.get(`${PAYMENTS}?idempotency_key=captured-capture`);
  expect(found.body.data).toEqual([first.body]);
});

test('a refusal that changed nothing is not kept', async () => {
  const { body } = await sandbox.post(PAYMENTS, {
    key: 'pending',
    body: paymentBody('tok_pending_then_authorized'),
  });
  const capture = { key: 'pending-capture', body: { amount: 4200 } };
  expect((await sandbox.post(`${PAYMENTS}/${body.id}/capture`, capture)).status).toBe(409);
  await sandbox.receiver.waitFor(1, ({ rawBody }) => rawBody.includes(body.id));
  expect(await sandbox.post(`${PAYMENTS}/${body.id}/capture`, capture)).toMatchObject({
    status: 200,
    replayed: false,
  });
});

test('ten requests at once with one key make one payment', async () => {
  const before = await paymentsInAll();
  const request = { key: 'at-once', body: paymentBody('tok_visa') };
  const answers = await Promise.all(Array.from({ length: 10 }, () => sandbox.post(PAYMENTS, request)));
  expect(answers.filter(({ status, replayed }) => status === 201 && !replayed)).toHaveLength(1);
  expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
  expect(await paymentsInAll()).toBe(before + 1);
});

test('the carrier keeps answers under keys of its own', async () => {
  await sandbox.post(PAYMENTS, { key: 'shared', body: paymentBody('tok_visa') });
  const request = { key: 'shared', body: shipmentBody('28195') };
  const first = await sandbox.post(SHIPMENTS, request);
  expect([first.status, first.replayed]).toEqual([201, false]);
  expect(await sandbox.post(SHIPMENTS, request)).toEqual({ ...first, replayed: true });
  expect((await sandbox.post(SHIPMENTS, { key: 'shared', body: shipmentBody('28199') })).status).toBe(422);
});
