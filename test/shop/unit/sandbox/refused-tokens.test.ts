import { PAYMENTS, paymentBody, startSandboxUnderTest, type SandboxUnderTest } from './sandbox-under-test';

let sandbox: SandboxUnderTest;
beforeAll(async () => void (sandbox = await startSandboxUnderTest()));
afterAll(() => sandbox.stop());

let calls = 0;
const newKey = () => `key-${++calls}`;
const pay = (token: string, overrides = {}, key = newKey()) =>
  sandbox.post(PAYMENTS, { key, body: paymentBody(token, overrides) });

test.each([
  ['tok_of_nobody', 'token_unknown'],
  ['toString', 'token_unknown'],
  ['tok_expired_token', 'token_expired'],
])('%s is refused with %s, and nothing is made', async (token, code) => {
  const key = newKey();
  const { status, body } = await pay(token, {}, key);
  expect(status).toBe(400);
  expect(body.error).toMatchObject({ type: 'invalid_request', code, param: 'payment_method' });
  expect((await sandbox.get(`${PAYMENTS}?idempotency_key=${key}`)).body.data).toEqual([]);
});

test('a single-use token is good for one payment, under whatever key the next one comes', async () => {
  const key = newKey();
  const first = await pay('tok_single_use_a', {}, key);
  expect([first.status, first.body.status]).toEqual([201, 'requires_capture']);
  const second = await pay('tok_single_use_a');
  expect([second.status, second.body.error.code]).toEqual([400, 'token_already_used']);
  expect(await pay('tok_single_use_a', {}, key)).toEqual({ ...first, replayed: true });
  expect((await pay('tok_single_use_b')).status).toBe(201);
});

test('a refused amount does not use the token up', async () => {
  expect((await pay('tok_single_use_c', { amount: 1 })).status).toBe(400);
  expect((await pay('tok_single_use_c')).status).toBe(201);
});

test.each([
  ['EUR', 49, 'amount_too_small'],
  ['EUR', 50, undefined],
  ['EUR', 0, 'amount_too_small'],
  ['EUR', 99_999_999, undefined],
  ['EUR', 100_000_000, 'amount_too_large'],
  ['JPY', 1_290, undefined],
  ['JPY', 49, 'amount_too_small'],
  ['KWD', 100_000_000, undefined],
  ['KWD', 149, 'amount_too_small'],
  ['HUF', 17_499, 'amount_too_small'],
  ['MRU', 100, undefined],
])('%s %d: %s', async (currency, amount, code) => {
  const { status, body } = await pay('tok_visa', { currency, amount });
  expect([status, body.error as unknown]).toEqual(
    code === undefined
      ? [201, undefined]
      : [400, expect.objectContaining({ type: 'invalid_request', code, param: 'amount' })],
  );
});
