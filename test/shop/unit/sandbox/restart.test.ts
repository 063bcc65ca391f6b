import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSandbox, type Sandbox, type SandboxSettings } from '../../../../domains/shop/sandbox';
import { openJournal } from '../../../../domains/shop/sandbox/journal';
import { JournalUnreadableError } from '../../../../domains/shop/sandbox/store';
import {
  PAYMENTS,
  SHIPMENTS,
  clientOf,
  paymentBody,
  settingsFor,
  shipmentBody,
  startReceiver,
  type Client,
  type ReceivedWebhook,
  type Receiver,
} from './sandbox-under-test';
import { until } from '../../../support/until';

let folder: string;
let journalFile: string;
let receiver: Receiver;
let started: Sandbox[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-'));
  journalFile = join(folder, 'deep', 'journal.jsonl');
  receiver = await startReceiver();
  started = [];
});
afterEach(async () => {
  await Promise.all(started.map((sandbox) => sandbox.stop()));
  await receiver.stop();
  await rm(folder, { recursive: true });
});

async function start(overrides: Partial<SandboxSettings> = {}) {
  const sandbox = await startSandbox(settingsFor(receiver.url, { journalFile, ...overrides }));
  started.push(sandbox);
  return { ...sandbox, ...clientOf(sandbox.url) };
}

test('a restarted sandbox knows its payments, shipments, kept answers and failures', async () => {
  const before = await start();
  const paid = { key: 'paid', body: paymentBody('tok_visa') };
  const payment = await before.post(PAYMENTS, paid);
  const shipment = await before.post(SHIPMENTS, { key: 'shipped', body: shipmentBody('00001') });
  await before.post(PAYMENTS, { key: 'tried', body: paymentBody('tok_unavailable_twice') });
  await before.stop();

  const after = await start();
  expect((await after.get(`${PAYMENTS}?idempotency_key=paid`)).body.data).toEqual([payment.body]);
  expect((await after.get(`${SHIPMENTS}?idempotency_key=shipped`)).body.data).toEqual([shipment.body]);
  expect(await after.post(PAYMENTS, paid)).toEqual({ ...payment, replayed: true });
  expect((await after.post(PAYMENTS, { ...paid, body: paymentBody('tok_declined') })).status).toBe(422);
  const statuses = [];
  for (let i = 0; i < 2; i++) {
    statuses.push(
      (await after.post(PAYMENTS, { key: 'tried', body: paymentBody('tok_unavailable_twice') })).status,
    );
  }
  expect(statuses).toEqual([503, 201]);
  await after.stop();
});

test('a restarted sandbox knows used tokens, forgotten keys, kept errors, links and disputes', async () => {
  const before = await start();
  const pay = (sandbox: Client, token: string, key: string) =>
    sandbox.post(PAYMENTS, { key, body: paymentBody(token) });
  await pay(before, 'tok_single_use_a', 'single');
  await pay(before, 'tok_error_kept', 'error');
  const { body: forgotten } = await pay(before, 'tok_visa', 'forgotten');
  await before.post('/sandbox/keys/forget', {
    body: { provider: 'payment-provider', idempotency_key: 'forgotten' },
  });
  const { body: action } = await pay(before, 'tok_three_d_secure', 'action');
  await before.post(`${PAYMENTS}/${forgotten.id}/capture`, { key: 'capture', body: { amount: 4200 } });
  const { body: disputed } = await before.post(`/sandbox/payments/${forgotten.id}/dispute`);
  await before.stop();

  const after = await start();
  expect((await pay(after, 'tok_single_use_a', 'again')).body.error.code).toBe('token_already_used');
  expect(await pay(after, 'tok_error_kept', 'error')).toMatchObject({ status: 500, replayed: true });
  expect((await pay(after, 'tok_visa', 'forgotten')).body.id).not.toBe(forgotten.id);
  expect((await after.get(`${PAYMENTS}/${action.id}`)).body).toEqual(action);
  expect((await after.get(`${PAYMENTS}/${forgotten.id}`)).body).toEqual(disputed);
  await after.stop();
});

test('an authorization ends, and a link is abandoned, after a restart too', async () => {
  const before = await start({ shortAuthorizationMs: 60, actionMs: 60 });
  const held = await before.post(PAYMENTS, { key: 'held', body: paymentBody('tok_authorization_expires') });
  const action = await before.post(PAYMENTS, { key: 'action', body: paymentBody('tok_three_d_secure') });
  await before.stop();
  await sleep(100);
  const after = await start();
  // A notification may come twice: on a slow machine its time is over before the restart.
  const reasonOf = async (id: string) => {
    const isCancelled = ({ body, rawBody }: ReceivedWebhook) =>
      body['type'] === 'payment.canceled' && rawBody.includes(id);
    const [webhook] = await receiver.waitFor(1, isCancelled);
    const { object } = webhook?.body['data'] as { object: Record<string, unknown> };
    return object['cancellation_reason'];
  };
  expect(await reasonOf(held.body.id)).toBe('expired');
  expect(await reasonOf(action.body.id)).toBe('abandoned');
  await after.stop();
});

test('an undelivered webhook arrives after the restart, with the same id; a delivered one does not', async () => {
  const before = await start();
  await before.post(PAYMENTS, { key: 'delivered', body: paymentBody('tok_visa') });
  const [delivered] = await receiver.waitFor(1);
  receiver.answerWith(500);
  await before.post(PAYMENTS, { key: 'undelivered', body: paymentBody('tok_visa') });
  const [, refused] = await receiver.waitFor(2);
  await before.stop();
  receiver.received.length = 0;
  // Longer than the first retry takes: a stopped sandbox sends nothing.
  await sleep(350);
  expect(receiver.received).toEqual([]);

  receiver.answerWith(200);
  const after = await start();
  const [arrived] = await receiver.waitFor(1);
  expect(arrived?.rawBody).toBe(refused?.rawBody);
  await sleep(100);
  expect(receiver.received.some(({ rawBody }) => rawBody === delivered?.rawBody)).toBe(false);
  await after.stop();
});

test('what was pending or on its way goes on after the restart', async () => {
  // Long enough for two requests on a busy machine; nothing has been told by then.
  const planned = 1_500;
  const before = await start({ pendingMs: planned, dispatchMs: planned, deliveryMs: planned });
  await before.post(PAYMENTS, { key: 'pending', body: paymentBody('tok_pending_then_authorized') });
  await before.post(SHIPMENTS, { key: 'shipped', body: shipmentBody('28195') });
  await before.stop();
  await sleep(planned + 100);
  expect(receiver.received).toEqual([]);
  const after = await start();
  await receiver.waitFor(1, ({ body }) => body['type'] === 'payment.authorized');
  await receiver.waitFor(1, ({ body }) => body['event'] === 'shipment.delivered');
  await after.stop();
});

test('what is answered stands in the journal by then', async () => {
  const sandbox = await start();
  for (let i = 0; i < 20; i++) {
    const { body } = await sandbox.post(PAYMENTS, { key: `k${i}`, body: paymentBody('tok_visa') });
    expect(await readFile(journalFile, 'utf8')).toContain(body.id);
  }
  await sandbox.stop();
});

test('a journal that is closed takes no more lines', () => {
  const journal = openJournal(journalFile);
  journal.append('[]');
  journal.close();
  journal.close();
  expect(() => journal.append('[]')).toThrow('the journal is closed');
  const next = openJournal(journalFile);
  expect(next.lines).toEqual(['[]']);
  next.close();
});

test('a torn last line is dropped, and the next lines are whole', async () => {
  const first = await start();
  const payment = await first.post(PAYMENTS, { key: 'whole', body: paymentBody('tok_visa') });
  await first.stop();
  await appendFile(journalFile, '[{"kind":"payment-saved","rec');

  const second = await start();
  expect((await second.get(`${PAYMENTS}/${payment.body.id}`)).status).toBe(200);
  const later = await second.post(PAYMENTS, { key: 'later', body: paymentBody('tok_visa') });
  await second.stop();
  const third = await start();
  expect((await third.get(`${PAYMENTS}/${later.body.id}`)).status).toBe(200);
  expect((await third.get(`${PAYMENTS}/${payment.body.id}`)).status).toBe(200);
  await third.stop();
});

test('a damaged line before the last stops the start', async () => {
  await (await start()).stop();
  await writeFile(journalFile, '[{"kind":"payment-saved"}]\n[]\n');
  await expect(start()).rejects.toThrow(JournalUnreadableError);
});

/** Before it is killed: a count, since a disk takes as long for an answer as it likes. */
const ANSWERS_OF_A_LIFE = 10;

test('no authorisation that was answered is forgotten through SIGKILL at any moment', async () => {
  const answered = new Map<string, string>();
  for (let life = 0; life < 3; life++) {
    const { child, url } = await spawnSandbox();
    const client = clientOf(url);
    const wanted = answered.size + ANSWERS_OF_A_LIFE;
    const killed = until('it has answered', () => answered.size >= wanted).then(async () => {
      await sleep(7 * life);
      child.kill('SIGKILL');
    });
    const shoppers = Array.from({ length: 8 }, async (_, shopper) => {
      for (let i = 0; ; i++) {
        const key = `${life}-${shopper}-${i}`;
        const { body } = await client.post(PAYMENTS, { key, body: paymentBody('tok_visa') });
        answered.set(key, body.id);
      }
    });
    await Promise.allSettled(shoppers);
    await killed;
  }

  const sandbox = await start();
  const known = new Set((await sandbox.get('/sandbox/payments')).body.data.map(({ id }) => id));
  expect(answered.size).toBeGreaterThanOrEqual(3 * ANSWERS_OF_A_LIFE);
  expect([...answered.values()].filter((id) => !known.has(id))).toEqual([]);
  const [key, id] = [...answered].at(-1) ?? [];
  expect((await sandbox.get(`${PAYMENTS}?idempotency_key=${key}`)).body.data).toMatchObject([{ id }]);
  await sandbox.stop();
}, 20_000);

async function spawnSandbox(): Promise<{ child: ChildProcess; url: string }> {
  const settings = JSON.stringify(settingsFor(receiver.url, { journalFile }));
  const program = join(__dirname, 'sandbox-process.ts');
  const child = spawn(
    process.execPath,
    ['--conditions=sagaline-source', '--import', 'tsx', program, settings],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, url: line.toString().trim() };
}
