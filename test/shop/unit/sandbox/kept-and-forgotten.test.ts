import { setTimeout as sleep } from 'node:timers/promises';
import {
  PAYMENTS,
  SHIPMENTS,
  paymentBody,
  shipmentBody,
  startSandboxUnderTest,
  type SandboxUnderTest,
} from './sandbox-under-test';

let sandbox: SandboxUnderTest;
afterEach(() => sandbox.stop());

const pay = (token: string, key: string) => sandbox.post(PAYMENTS, { key, body: paymentBody(token) });
const find = async (key: string) => (await sandbox.get(`${PAYMENTS}?idempotency_key=${key}`)).body.data;
const forget = (body: object) => sandbox.post('/sandbox/keys/forget', { body });

test('tok_error_kept is 500 for good under its key, and nothing came of it', async () => {
  sandbox = await startSandboxUnderTest();
  const answers = [await pay('tok_error_kept', 'k'), await pay('tok_error_kept', 'k')];
  expect(answers.map(({ status, replayed }) => [status, replayed])).toEqual([
    [500, false],
    [500, true],
  ]);
  expect(answers[0]?.body.error.type).toBe('api_error');
  expect(await find('k')).toEqual([]);
});

test('tok_error_kept_after_effect is 500 for good under its key, and has authorised', async () => {
  sandbox = await startSandboxUnderTest();
  const statuses = [];
  for (let i = 0; i < 2; i++) statuses.push((await pay('tok_error_kept_after_effect', 'k')).status);
  expect(statuses).toEqual([500, 500]);
  expect(await find('k')).toMatchObject([{ status: 'requires_capture' }]);
});

test('after keysForgottenMs a key is as new: a repeat has its effect again', async () => {
  sandbox = await startSandboxUnderTest({ keysForgottenMs: 1_000 });
  const first = await pay('tok_visa', 'k');
  expect(await pay('tok_visa', 'k')).toEqual({ ...first, replayed: true });
  await sleep(1_010);
  expect(await find('k')).toEqual([]);
  const again = await pay('tok_visa', 'k');
  expect([again.status, again.replayed]).toEqual([201, false]);
  expect(again.body.id).not.toBe(first.body.id);
});

test('one key is forgotten on demand, at one provider', async () => {
  sandbox = await startSandboxUnderTest();
  const payment = await pay('tok_visa', 'k');
  await pay('tok_visa', 'other');
  const shipped = { key: 'k', body: shipmentBody('00001') };
  await sandbox.post(SHIPMENTS, shipped);
  const request = { provider: 'payment-provider', idempotency_key: 'k' };
  expect((await forget(request)).body).toEqual({ forgotten: 1 });
  expect((await forget(request)).body).toEqual({ forgotten: 0 });
  expect((await pay('tok_visa', 'k')).body.id).not.toBe(payment.body.id);
  expect((await pay('tok_visa', 'other')).replayed).toBe(true);
  expect((await sandbox.post(SHIPMENTS, shipped)).replayed).toBe(true);
  expect((await forget({ ...request, provider: 'bank' })).body.error.param).toBe('provider');
});

test('a single-use token is not as new when its key is forgotten', async () => {
  sandbox = await startSandboxUnderTest();
  await pay('tok_single_use_a', 'k');
  await forget({ provider: 'payment-provider', idempotency_key: 'k' });
  expect((await pay('tok_single_use_a', 'k')).body.error.code).toBe('token_already_used');
});
