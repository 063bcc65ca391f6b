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
beforeEach(async () => void (sandbox = await startSandboxUnderTest({ pendingMs: 60_000 })));
afterEach(() => sandbox.stop());

test('all payments and shipments can be listed, and the sandbox says that it lives and is ready', async () => {
  const payment = await sandbox.post(PAYMENTS, { key: 'k', body: paymentBody('tok_visa') });
  const shipment = await sandbox.post(SHIPMENTS, { key: 'k', body: shipmentBody('00001') });
  expect((await sandbox.get('/sandbox/payments')).body.data).toEqual([payment.body]);
  expect((await sandbox.get('/sandbox/shipments')).body.data).toEqual([shipment.body]);
  expect((await sandbox.get('/livez')).status).toBe(200);
  expect((await sandbox.get('/readyz')).status).toBe(200);
});

test('stop breaks calls off, ends soon, and may be called twice', async () => {
  await sandbox.stop();
  sandbox = await startSandboxUnderTest({ pendingMs: 60_000, slowMs: 60_000 });
  sandbox.receiver.answerWith(500);
  await sandbox.post(PAYMENTS, { key: 'k', body: paymentBody('tok_pending_then_authorized') });
  await sandbox.post(PAYMENTS, { key: 'l', body: paymentBody('tok_visa') });
  const slow = expect(sandbox.post(PAYMENTS, { key: 'm', body: paymentBody('tok_slow') })).rejects.toThrow();
  await sandbox.receiver.waitFor(1);
  // Until the slow call is under way.
  await sleep(50);
  const started = Date.now();
  await sandbox.stop();
  await slow;
  await sandbox.stop();
  expect(Date.now() - started).toBeLessThan(1_000);
});
