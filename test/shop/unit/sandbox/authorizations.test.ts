import { setTimeout as sleep } from 'node:timers/promises';
import { PAYMENTS, paymentBody, startSandboxUnderTest, type SandboxUnderTest } from './sandbox-under-test';

/** Two fifths of it are enough for a request on a busy machine. */
/** Long enough for two requests in a row on a busy machine. */
const SHORT_AUTHORIZATION_MS = 1_000;

let sandbox: SandboxUnderTest;
beforeAll(
  async () => void (sandbox = await startSandboxUnderTest({ shortAuthorizationMs: SHORT_AUTHORIZATION_MS })),
);
afterAll(() => sandbox.stop());

let calls = 0;
const newKey = () => `key-${++calls}`;
const pay = async (token: string) =>
  (await sandbox.post(PAYMENTS, { key: newKey(), body: paymentBody(token) })).body;
const act = (id: string, action: string, body?: unknown) =>
  sandbox.post(`${PAYMENTS}/${id}/${action}`, { key: newKey(), body });
const canceled = async (id: string) => {
  const ofThis = ({ body, rawBody }: { body: Record<string, unknown>; rawBody: string }) =>
    rawBody.includes(id) && body['type'] === 'payment.canceled';
  const [webhook] = await sandbox.receiver.waitFor(1, ofThis);
  return webhook?.body;
};

test.each(['tok_authorization_expires', 'tok_authorization_expires_for_good'])(
  'the authorization of %s ends, a webhook says so, and a capture is refused',
  async (token) => {
    const { id } = await pay(token);
    const ended = { status: 'canceled', cancellation_reason: 'expired' };
    expect(await canceled(id)).toMatchObject({ mode: 'asynchronous', data: { object: ended } });
    const { body } = await sandbox.get(`${PAYMENTS}/${id}`);
    expect(body).toMatchObject(ended);
    expect(body).not.toHaveProperty('authorization_expires_at');
    const late = await act(id, 'capture', { amount: 4200 });
    expect([late.status, late.body.error.code]).toEqual([409, 'payment_canceled']);
  },
);

test('a captured payment does not expire, nor does the authorization of an ordinary token', async () => {
  const [short, usual] = [await pay('tok_authorization_expires'), await pay('tok_visa')];
  await act(short.id, 'capture', { amount: 4200 });
  await sleep(2 * SHORT_AUTHORIZATION_MS);
  expect((await sandbox.get(`${PAYMENTS}/${short.id}`)).body.status).toBe('captured');
  expect((await sandbox.get(`${PAYMENTS}/${usual.id}`)).body.status).toBe('requires_capture');
});

test('a renewed authorization ends later', async () => {
  const { id } = await pay('tok_authorization_expires');
  const authorized = Date.now();
  await sleep(SHORT_AUTHORIZATION_MS * 0.6);
  expect(await act(id, 'reauthorize')).toMatchObject({ status: 200, body: { status: 'requires_capture' } });
  await canceled(id);
  expect(Date.now() - authorized).toBeGreaterThanOrEqual(SHORT_AUTHORIZATION_MS * 1.5);
});

test('a renewal moves authorization_expires_at, and a repeat of it gets the same answer', async () => {
  const payment = await pay('tok_visa');
  await sleep(1_000);
  const call = { key: newKey(), body: undefined };
  const renewed = await sandbox.post(`${PAYMENTS}/${payment.id}/reauthorize`, call);
  expect(renewed.body['authorization_expires_at']).toBeGreaterThan(
    payment['authorization_expires_at'] as number,
  );
  expect(renewed.body['updated']).toBeGreaterThan(payment['updated'] as number);
  const repeated = await sandbox.post(`${PAYMENTS}/${payment.id}/reauthorize`, call);
  expect(repeated).toEqual({ ...renewed, replayed: true });
});

test('a renewal may be unsupported, declined, or come too late', async () => {
  const unsupported = await act((await pay('tok_authorization_expires_for_good')).id, 'reauthorize');
  expect([unsupported.status, unsupported.body.error.code]).toEqual([400, 'reauthorization_not_supported']);
  const declined = await act((await pay('tok_authorization_expires_then_declined')).id, 'reauthorize');
  expect([declined.status, declined.body.error]).toEqual([
    402,
    expect.objectContaining({
      type: 'card_error',
      payment: expect.objectContaining({ status: 'requires_capture' }) as unknown,
    }),
  ]);
  const { id } = await pay('tok_visa');
  await act(id, 'capture', { amount: 4200 });
  const late = await act(id, 'reauthorize');
  expect([late.status, late.body.error.code]).toEqual([409, 'payment_captured']);
});
