// The console in Chromium, with the shop's orders: each page and action, hostile strings in every field, a phone, both schemes.
// With CONSOLE_IMAGES=<folder> it takes the pictures of docs/console.md.
import { randomInt, randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Client } from '@temporalio/client';
import axe from 'axe-core';
import type { FastifyInstance } from 'fastify';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { shop } from '../../../../domains/shop';
import { orderSubmitted } from '../../../../domains/shop/events';
import { order } from '../../../../domains/shop/workflows';
import { createDeadLetters } from '../../../../src/adapters/nats';
import { environment } from '../../../../src/config';
import { CORRELATION_ID, encodeEvent, SAGA_STATE } from '../../../../src/contracts';
import { appendAuditRecord } from '../../../../src/security/audit';
import { testTemporal } from '../../../support/bridge';
import { openBrowser } from '../../support/chromium';
import { testConsole } from '../../../support/console';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { PING_QUEUE } from '../../../support/ping/names';
import type { nailed } from '../../../support/ping/stuck-workflow';
import { startPingWorker } from '../../../support/ping/worker';
import { until } from '../../../support/until';

const PHONE = { width: 390, height: 844 };
const DESK = { width: 1200, height: 800 };
const HOSTILE = `"><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>\u202e'`;
/** The process of the tests asks for decisions; it has the order's state machine. */
const nailedOrder = { ...order, name: 'nailed' };

let db: TestDatabase;
let nats: TestNats;
let temporal: Client;
let worker: Awaited<ReturnType<typeof startPingWorker>>;
let app: FastifyInstance;
let address: string;
let browser: Browser;
let context: BrowserContext;
let page: Page;
/** What must stay empty: errors, dialogs that nobody asked for, requests to another host. */
let complaints: string[];

beforeAll(async () => {
  temporal = testTemporal();
  [db, nats, worker, browser] = await Promise.all([
    createTestDatabase(),
    startTestNats(),
    startPingWorker(),
    openBrowser(),
  ]);
  app = await testConsole({ nats, temporal, db }, { domains: [shop], processes: [nailedOrder, order] });
  address = await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await browser.close();
  await app.close();
  await Promise.all([nats.stop(), worker.stop(), temporal.connection.close(), db.end()]);
});

beforeEach(async () => {
  complaints = [];
  context = await browser.newContext({ viewport: DESK });
  page = await context.newPage();
  page.on('console', (message) => {
    // The answer to a refused form is a page with a status of its own, which Chromium reports.
    if (message.type() === 'error' && !/status of (404|409|422)/.test(message.text()))
      complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => {
    if (!/^(retry|skip|done-by-hand|Redrive|Discard)/.test(dialog.message()))
      complaints.push(dialog.message());
    void dialog.accept();
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(address) && !request.url().startsWith('data:'))
      complaints.push(request.url());
  });
});
afterEach(async () => {
  expect(await page.evaluate('window.hacked')).toBeUndefined();
  await context.close();
  expect(complaints).toEqual([]);
});

async function signIn(token: string): Promise<void> {
  await page.goto(`${address}/audit`);
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Audit' }).waitFor();
}

/** Nothing serious for people who cannot see it, or use the keyboard alone; and nothing that a phone has to scroll sideways. */
async function checkPage(): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate<axe.AxeResults>('axe.run()');
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  }
  await page.setViewportSize(PHONE);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(PHONE.width);
  await page.setViewportSize(DESK);
  await page.emulateMedia({ colorScheme: 'light' });
}

async function picture(name: string): Promise<void> {
  const folder = environment()['CONSOLE_IMAGES'];
  if (folder === undefined) return;
  await page.screenshot({ path: path.join(folder, `console-${name}.png`) });
}

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
  await signIn('ada');
  await until('the order waits for a person', async () => {
    await page.goto(`${address}/sagas`);
    return (await page.getByRole('table').first().innerText()).includes(key);
  });
  await checkPage();
  await picture('sagas');
  await page.getByLabel('Workflow id or correlation key').fill(key);
  await page.getByRole('button', { name: 'Find' }).click();
  await page.getByRole('heading', { name: `nailed-${key}` }).waitFor();
  expect(await page.locator('.here text').innerHTML()).toBe('compensation-stuck');
  await checkPage();
  await picture('order');
  await page.locator('.diagram').scrollIntoViewIfNeeded();
  await page.evaluate("document.querySelector('.diagram').previousElementSibling.scrollIntoView()");
  await picture('state');
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
  await signIn('ada');
  await page.goto(`${address}/dead-letters?key=${key}`);
  await checkPage();
  await page.getByRole('table', {}).last().getByRole('link').first().click();
  expect(await page.locator('main').innerText()).not.toContain(orderSubmitted.example.email);
  expect(await page.locator('mark').innerText()).toBe('0');
  await checkPage();
  await picture('dead-letter');
  await page.getByLabel('Reason to see all of it').fill('to mend it');
  await page.getByRole('button', { name: 'Reveal and edit' }).click();
  const editor = page.locator('textarea');
  const text = await editor.inputValue();
  expect(text).toContain(String(orderSubmitted.example.email));
  await checkPage();
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
  await checkPage();

  const other = `order-${randomUUID().slice(0, 8)}`;
  await deadLetter(other, HOSTILE);
  await page.goto(`${address}/dead-letters?key=${other}`);
  await page.getByRole('table').last().getByRole('link').first().click();
  const discard = page.locator('form', { has: page.getByRole('heading', { name: 'Discard' }) });
  await discard.getByLabel('Reason').fill(HOSTILE);
  await discard.getByRole('button', { name: 'Discard' }).click();
  await page.locator('.chip', { hasText: 'discarded' }).waitFor();
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
  await signIn('rita');
  const pages = [
    '/audit',
    `/sagas?q=${encodeURIComponent(HOSTILE)}`,
    `/sagas/${encodeURIComponent(workflowId)}`,
    `/dead-letters?key=${key}`,
    `/audit?actor=${encodeURIComponent(HOSTILE)}`,
    `/no/${encodeURIComponent(HOSTILE)}`,
    `/login?to=${encodeURIComponent(HOSTILE)}`,
  ];
  for (const url of pages) {
    await page.goto(address + url);
    expect(await page.locator('main').innerText()).not.toBe('');
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.content()).not.toContain('\u202e');
    await checkPage();
  }
  await page.goto(`${address}/dead-letters?key=${key}`);
  await page.getByRole('table').last().getByRole('link').first().click();
  await page.getByLabel('Reason to see all of it').fill('to look');
  await page.getByRole('button', { name: 'Reveal' }).click();
  await page.locator('pre mark').waitFor();
  expect(await page.locator('pre mark').innerText()).toContain('<script>');
  expect(await page.getByRole('button', { name: 'Redrive' }).count()).toBe(0);
});

test('the form to sign in takes a valid token only, and signing out ends it; a page is there within a second', async () => {
  await page.goto(`${address}/dead-letters`);
  await checkPage();
  await page.getByLabel('Token').fill('nobody');
  const refused = page.waitForResponse((response) => response.status() === 401);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await refused;
  await page.getByText('This token is not valid.').waitFor();
  // Chromium reports the status of that page.
  complaints = complaints.filter((text) => !text.includes('401'));
  await page.getByLabel('Token').fill('rita');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Dead letters' }).waitFor();
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.className')).toBe('skip');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.goto(`${address}/dead-letters`);
  await page.getByLabel('Token').waitFor();
});
