// The console in Chromium, with the shop's orders: each page and action, hostile strings in every field, a phone, both schemes.
// With CONSOLE_IMAGES=<folder> it takes the pictures of docs/console.md.
import { randomInt, randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { FastifyInstance } from 'fastify';
import type { Browser, Page } from 'playwright-core';
import { shop } from '../../../../domains/shop';
import { orderSubmitted } from '../../../../domains/shop/events';
import { order } from '../../../../domains/shop/workflows';
import { createDeadLetters } from '../../../../src/adapters/nats';
import { CORRELATION_ID, encodeEvent, SAGA_STATE } from '../../../../src/contracts';
import { appendAuditRecord } from '../../../../src/security/audit';
import { testTemporal } from '../../../support/bridge';
import { openBrowser } from '../../support/chromium';
import type { ConsolePage } from '../../support/console-page';
import { openConsolePage } from '../../support/console-page';
import { testConsole } from '../../../support/console';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { PING_QUEUE } from '../../../support/ping/names';
import type { nailed } from '../../../support/ping/stuck-workflow';
import { startPingWorker } from '../../../support/ping/worker';
import { QUIET } from '../../../support/system';
import { HOSTILE } from '../../../support/troubled-system';
import { until } from '../../../support/until';

/** The process of the tests asks for decisions; it has the order's state machine. */
const nailedOrder = { ...order, name: 'nailed' };

// Each page is examined in both schemes, which takes seconds on a busy machine.
jest.setTimeout(120_000);

let db: TestDatabase;
let nats: TestNats;
let temporal: Client;
let worker: Awaited<ReturnType<typeof startPingWorker>>;
let app: FastifyInstance;
let address: string;
let browser: Browser;
let shown: ConsolePage;
let page: Page;

beforeAll(async () => {
  temporal = testTemporal();
  [db, nats, worker, browser] = await Promise.all([
    createTestDatabase(),
    startTestNats(),
    startPingWorker(),
    openBrowser(),
  ]);
  app = await testConsole(
    { nats, temporal, db, system: () => QUIET },
    { domains: [shop], processes: [nailedOrder, order] },
  );
  address = await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await browser.close();
  await app.close();
  await Promise.all([nats.stop(), worker.stop(), temporal.connection.close(), db.end()]);
});

beforeEach(async () => {
  shown = await openConsolePage(browser, address);
  ({ page } = shown);
});
afterEach(async () => {
  await shown.close();
  expect(shown.complaints).toEqual([]);
});

async function stuckOrder(): Promise<string> {
  const key = `order-${randomUUID().slice(0, 8)}`;
  await temporal.workflow.start<typeof nailed>('nailed', {
    ...{ workflowId: `nailed-${key}`, taskQueue: PING_QUEUE, args: [{ failures: [1, 0] }] },
    typedSearchAttributes: [
      { key: SAGA_STATE, value: 'placing' },
      { key: CORRELATION_ID, value: key },
    ],
  });
  return key;
}

async function deadLetter(key: string, detail: string): Promise<void> {
  const example = { ...orderSubmitted.example, orderId: key };
  const { subject, body } = encodeEvent(
    { id: randomUUID(), contract: orderSubmitted, data: example },
    { source: '/web-shop' },
  );
  const event = JSON.parse(Buffer.from(body).toString()) as { data: { lines: { quantity: unknown }[] } };
  const [line] = event.data.lines;
  if (line) line.quantity = detail === HOSTILE ? HOSTILE : 0;
  await createDeadLetters(nats.connection.jetstream(), () => new Date()).publish({
    delivery: {
      ...{ stream: 'EVENTS', sequence: randomInt(1e9), subject, storedAt: new Date(), deliveryCount: 1 },
      headers: { 'Content-Type': ['application/cloudevents+json'], 'X-Note': [HOSTILE] },
      body: Buffer.from(JSON.stringify(event)),
    },
    rejection: { reason: 'invalid-data', detail, path: 'data.lines[0].quantity' },
  });
}

test('a stuck order: found by its key, its state machine, and a decision', async () => {
  const key = await stuckOrder();
  await shown.signIn('ada');
  await until('the order waits for a person', async () => {
    await page.goto(`${address}/sagas`);
    return (await page.getByRole('table').first().innerText()).includes(key);
  });
  await shown.checkPage();
  await shown.picture('sagas');
  await page.getByLabel('Workflow id or correlation key').fill(key);
  await page.getByRole('button', { name: 'Find' }).click();
  await page.getByRole('heading', { name: `nailed-${key}` }).waitFor();
  expect(await page.locator('.here text').innerHTML()).toBe('compensation-stuck');
  await shown.checkPage();
  await shown.picture('order');
  await page.locator('.diagram').scrollIntoViewIfNeeded();
  await page.evaluate("document.querySelector('.diagram').previousElementSibling.scrollIntoView()");
  await shown.picture('state');
  const form = page.locator('form', { has: page.getByRole('heading', { name: 'done-by-hand' }) });
  await form.getByLabel('Reason').fill(HOSTILE);
  await form.getByRole('button', { name: 'done-by-hand' }).click();
  await until('the order goes on', async () => {
    await page.goto(`${address}/sagas/nailed-${key}`);
    return (await page.locator('.timeline').innerText()).includes('● compensated');
  });
  expect(await page.locator('.timeline').innerText()).toContain('<script>');
});

test('a dead letter: masked, revealed with a reason, edited, redriven; another one discarded', async () => {
  const key = `order-${randomUUID().slice(0, 8)}`;
  await deadLetter(key, 'expected a number above 0');
  await shown.signIn('ada');
  await page.goto(`${address}/dead-letters?key=${key}`);
  await shown.checkPage();
  await page.getByRole('table', {}).last().getByRole('link').first().click();
  expect(await page.locator('main').innerText()).not.toContain(orderSubmitted.example.email);
  expect(await page.locator('mark').innerText()).toBe('0');
  await shown.checkPage();
  await shown.picture('dead-letter');
  await page.getByLabel('Reason to see all of it').fill('to mend it');
  await page.getByRole('button', { name: 'Reveal and edit' }).click();
  const editor = page.locator('textarea');
  const text = await editor.inputValue();
  expect(text).toContain(String(orderSubmitted.example.email));
  await shown.checkPage();
  await editor.fill(text.replace('"quantity": 0', '"quantity": -1'));
  await page.locator('form', { has: editor }).getByLabel('Reason').fill('a guess');
  await page.getByRole('button', { name: 'Save the edit' }).click();
  await page.getByText('the edit would be dead-lettered again').waitFor();
  await page.locator('textarea').fill(text.replace('"quantity": 0', '"quantity": 2'));
  expect(await page.locator('[data-diff]').innerText()).toMatch(/− .*"quantity": 0[^]*\+ .*"quantity": 2/);
  await page
    .locator('form', { has: page.locator('textarea') })
    .getByLabel('Reason')
    .fill('typing error');
  await page.getByRole('button', { name: 'Save the edit' }).click();
  await page.getByText('It would go to order-').waitFor();
  await page.getByRole('button', { name: 'Redrive' }).click();
  await page.locator('.chip', { hasText: 'redriven' }).waitFor();
  await shown.checkPage();

  const other = `order-${randomUUID().slice(0, 8)}`;
  await deadLetter(other, HOSTILE);
  await page.goto(`${address}/dead-letters?key=${other}`);
  await page.getByRole('table').last().getByRole('link').first().click();
  const discard = page.locator('form', { has: page.getByRole('heading', { name: 'Discard' }) });
  await discard.getByLabel('Reason').fill(HOSTILE);
  await discard.getByRole('button', { name: 'Discard' }).click();
  await page.locator('.chip', { hasText: 'discarded' }).waitFor();
});

test('many at once: a dry run, a reason, the progress; orders are decided and dead letters discarded', async () => {
  const keys = [await stuckOrder(), await stuckOrder(), await stuckOrder()];
  await shown.signIn('ada');
  const group = page.locator('section.card', { hasText: keys[0] ?? '' });
  await until('the orders wait for a person', async () => {
    await page.goto(`${address}/struggling?wait=yes`);
    const text = (await group.count()) === 1 ? await group.innerText() : '';
    return keys.every((key) => text.includes(key));
  });
  await shown.checkPage();
  await group.getByRole('button', { name: 'done-by-hand all…' }).click();
  await page.getByText('Nothing is done yet.').waitFor();
  await shown.checkPage();
  await page.getByLabel('Reason').fill(HOSTILE);
  await page.getByLabel('Items each second').fill('20');
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByText('ended').waitFor();
  await shown.checkPage();
  for (const key of keys) {
    await page.goto(`${address}/sagas/nailed-${key}`);
    expect(await page.locator('.timeline').innerText()).toContain('ada decided done-by-hand');
  }

  const key = `order-${randomUUID().slice(0, 8)}`;
  for (let count = 0; count < 3; count++) await deadLetter(key, 'expected a number above 0');
  await page.goto(`${address}/dead-letters?key=${key}`);
  await page.getByRole('button', { name: 'Discard all of this filter…' }).click();
  await page.getByText(`discard: 3 dead letters of ${key}`).first().waitFor();
  await page.getByLabel('Reason').fill('a test of the publisher');
  await page.getByLabel('Items each second').fill('1');
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByText('ada has stopped it').waitFor();
  const left = Number(await page.locator('dt:text-is("left") + dd').innerText());
  expect(left).toBeGreaterThan(0);
  await page.goto(`${address}/dead-letters?key=${key}`);
  expect(await page.getByRole('table').last().getByRole('row').count()).toBe(1 + left);
});

test('a route is paused for a reason and a time, and resumed', async () => {
  await shown.signIn('ada');
  await page.getByRole('link', { name: 'Switches' }).click();
  const form = page.locator('form', { has: page.getByRole('heading', { name: 'Pause a route' }) });
  await form.getByLabel('Which route').selectOption('order');
  await form.getByLabel('Reason').fill(HOSTILE);
  await form.getByRole('button', { name: 'Pause' }).click();
  const row = page.getByRole('table').getByRole('row', { name: 'order paused' });
  await row.waitFor();
  expect(await row.innerText()).toContain('<script>');
  await shown.checkPage();
  await page.getByRole('button', { name: 'Resume the route order' }).click();
  await row.waitFor({ state: 'detached' });
  expect(await page.getByRole('button', { name: /^Resume/ }).count()).toBe(0);
});

test('a test event: its form is made from the contract, marks what is wrong, and leads to its process', async () => {
  await shown.signIn('ada');
  await page.goto(`${address}/throughput`);
  await page.getByRole('link', { name: 'Send a test event' }).click();
  await page.getByLabel('Type of event').selectOption(orderSubmitted.type);
  await page.getByRole('button', { name: 'Make its form' }).click();
  await page.getByRole('button', { name: 'Send the event' }).waitFor();
  await shown.checkPage();
  await shown.picture('test-event');
  const lines = page.getByLabel('data.lines');
  const good = await lines.inputValue();
  await lines.fill(HOSTILE);
  await page.getByLabel('Reason').fill(HOSTILE);
  await page.getByRole('button', { name: 'Send the event' }).click();
  await page.locator('mark', { hasText: 'data.lines' }).waitFor();
  expect(await lines.getAttribute('aria-invalid')).toBe('true');
  // A character that deceives is shown as its code.
  expect(await lines.inputValue()).toBe(HOSTILE.replace('\u202e', '\\u202e'));
  await shown.checkPage();
  await lines.fill(good);
  await lines.press('Tab');
  const order = await page.getByLabel('data.orderId').inputValue();
  await page.getByLabel('Reason').press('Enter');
  await page.getByText('The stream has this event.').waitFor();
  await page.getByRole('link', { name: `order-${order}` }).waitFor();
  await shown.checkPage();
});

test('hostile strings in every field are shown, never run', async () => {
  const key = `order-${randomUUID().slice(0, 8)}`;
  await deadLetter(key, HOSTILE);
  await appendAuditRecord(db.database, {
    ...{ actor: HOSTILE, verified: false, kind: 'change', action: HOSTILE, target: HOSTILE },
    details: { why: HOSTILE },
  });
  const workflowId = `nailed-"><img/src=x/onerror="window:hacked=1">`;
  await temporal.workflow.start<typeof nailed>('nailed', {
    ...{ workflowId, taskQueue: PING_QUEUE, args: [{ failures: [1, 0] }] },
    typedSearchAttributes: [{ key: SAGA_STATE, value: HOSTILE }],
  });
  await shown.signIn('rita');
  const pages = [
    '/audit',
    `/sagas?q=${encodeURIComponent(HOSTILE)}`,
    `/sagas/${encodeURIComponent(workflowId)}`,
    `/dead-letters?key=${key}`,
    `/audit?actor=${encodeURIComponent(HOSTILE)}`,
    `/no/${encodeURIComponent(HOSTILE)}`,
    `/deploys/${encodeURIComponent(HOSTILE)}/1.0`,
    `/test-event?type=${encodeURIComponent(HOSTILE)}`,
    `/login?to=${encodeURIComponent(HOSTILE)}`,
  ];
  for (const url of pages) {
    await page.goto(address + url);
    expect(await page.locator('main').innerText()).not.toBe('');
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.content()).not.toContain('\u202e');
    await shown.checkPage();
  }
  await page.goto(`${address}/dead-letters?key=${key}`);
  await page.getByRole('table').last().getByRole('link').first().click();
  await page.getByLabel('Reason to see all of it').fill('to look');
  await page.getByRole('button', { name: 'Reveal' }).click();
  await page.locator('pre mark').waitFor();
  expect(await page.locator('pre mark').innerText()).toContain('<script>');
  expect(await page.getByRole('button', { name: 'Redrive' }).count()).toBe(0);
});

test('the form to sign in takes a valid token only, and signing out ends it', async () => {
  await page.goto(`${address}/dead-letters`);
  await shown.checkPage();
  await page.getByLabel('Token').fill('nobody');
  const refused = page.waitForResponse((response) => response.status() === 401);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await refused;
  await page.getByText('This token is not valid.').waitFor();
  // Chromium reports the status of that page.
  const refusals = shown.complaints.splice(0);
  expect(refusals.filter((text) => !text.includes('401'))).toEqual([]);
  await page.getByLabel('Token').fill('rita');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Dead letters' }).waitFor();
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.className')).toBe('skip');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.goto(`${address}/dead-letters`);
  await page.getByLabel('Token').waitFor();
});
