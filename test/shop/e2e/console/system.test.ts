// The console's pages of the whole system in Chromium: they refresh themselves, mark what is old, and show hostile names.
import type { Client } from '@temporalio/client';
import type { FastifyInstance } from 'fastify';
import type { Browser } from 'playwright-core';
import { shop } from '../../../../domains/shop';
import type { SystemSnapshot, ThroughputSample } from '../../../../src/observability';
import { testTemporal } from '../../../support/bridge';
import { testConsole } from '../../../support/console';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { QUIET, unknownSystem } from '../../../support/system';
import { HOSTILE, hostile, now, TROUBLED } from '../../../support/troubled-system';
import { openBrowser } from '../../support/chromium';
import type { ConsolePage } from '../../support/console-page';
import { openConsolePage } from '../../support/console-page';
import { until } from '../../../support/until';

const PAGES = ['/', '/struggling', '/streams', '/deploys', '/throughput', '/runbooks'];
const INTERACTIVE_MS = 1_000;
// Some tests wait for several refreshes, which come every five seconds, and each page is examined in both schemes.
jest.setTimeout(120_000);

let db: TestDatabase;
let nats: TestNats;
let temporal: Client;
let app: FastifyInstance;
let address: string;
let browser: Browser;
let shown: ConsolePage;
let system: SystemSnapshot = QUIET;
let samples: readonly ThroughputSample[] = [];

beforeAll(async () => {
  temporal = testTemporal();
  [db, nats, browser] = await Promise.all([createTestDatabase(), startTestNats(), openBrowser()]);
  const servers = { nats, temporal, db, system: () => system, throughput: () => samples };
  app = await testConsole(servers, { domains: [shop], processes: shop.workflows });
  address = await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await browser.close();
  await app.close();
  await Promise.all([nats.stop(), temporal.connection.close(), db.end()]);
});
beforeEach(async () => {
  system = QUIET;
  samples = busyHour();
  shown = await openConsolePage(browser, address);
  await shown.signIn('rita');
});
afterEach(async () => {
  await shown.close();
  expect(shown.complaints).toEqual([]);
});

test('the overview refreshes itself, and marks what is old while the console does not answer', async () => {
  const { page, complaints } = shown;
  await page.goto(address);
  await page.getByText('No alert fires.').waitFor();
  await page.evaluate('window.loaded = "once"');
  await page.getByRole('link', { name: 'outbox' }).focus();
  system = now(TROUBLED);
  await page.getByText('page: A stream is full').waitFor();
  expect(await page.evaluate('window.loaded')).toBe('once');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('outbox');
  await shown.checkPage();
  await shown.picture('overview');
  await page.evaluate("document.querySelectorAll('h2')[1].scrollIntoView()");
  await shown.picture('map');

  await page.route('**/live/**', (route) => route.abort());
  await page.getByText(/As of .* s ago/).waitFor();
  expect(await page.getByText('page: A stream is full').count()).toBe(1);
  await shown.checkPage();
  await page.unroute('**/live/**');
  await page.getByText(/As of .* s ago/).waitFor({ state: 'detached' });
  // Chromium reports each request that had no answer.
  expect(complaints.every((text) => text.includes('ERR_FAILED'))).toBe(true);
  complaints.length = 0;
});

/** An hour of orders, with a burst, and a time in which nothing was known. */
function busyHour(): ThroughputSample[] {
  return Array.from({ length: 360 }, (_, at) => {
    const sampledAt = new Date(Date.now() - 10_000 * (359 - at)).toISOString();
    if (at > 200 && at < 220) return { at: sampledAt };
    const load = 12 + 8 * Math.sin(at / 40) + (at > 280 && at < 300 ? 25 : 0);
    return {
      ...{ at: sampledAt, stored: load, settled: load - (at % 3), steps: 1.7 * load, written: 0.6 * load },
      ...{ started: load / 4, ended: load / 5 },
      startDelays: { count: 20, p50: 0.02 + load / 2_000, p99: 0.06 + load / 400 },
      waiting: { count: 4, p50: load / 4_000, p99: load / 300 },
      durations: { count: 40, p50: 30 + load, p99: 90 + 3 * load },
    };
  });
}

test('the versions of a pool: what drains, what nobody runs, and what fails on one of them', async () => {
  const { page } = shown;
  system = now(TROUBLED);
  await page.goto(`${address}/deploys`);
  await page.getByText('3 open workflows are pinned to 0.0.8').waitFor();
  await page.getByText('in about 3 h').waitFor();
  await shown.picture('deploys');
});

test('charts are drawn in both schemes, follow the pointer, and get what is new; a table has the same numbers', async () => {
  const { page } = shown;
  await page.goto(`${address}/throughput`);
  const latest = page.locator('.legend output').first();
  await page.locator('canvas').nth(3).waitFor();
  expect(await page.getByRole('img', { name: /^Chart of/ }).count()).toBe(4);
  const before = await latest.innerText();
  expect(before).toMatch(/^[\d.]+ \/s$/);
  expect(await page.getByRole('table').getByRole('row').count()).toBe(16);
  await shown.checkPage();
  await shown.picture('throughput');
  await page
    .locator('.u-over')
    .first()
    .hover({ position: { x: 40, y: 40 } });
  await until('the legend follows the pointer', async () => (await latest.innerText()) !== before);
  // Not the same pixels in another scheme: the colours of the canvas are the page's.
  const pixels = () => page.evaluate<string>("document.querySelector('canvas').toDataURL()");
  const light = await pixels();
  await page.emulateMedia({ colorScheme: 'dark' });
  await until('the chart is drawn in the other scheme', async () => (await pixels()) !== light);
  await page.mouse.move(0, 0);
  samples = [...samples, { at: new Date().toISOString(), stored: 123 }];
  await page.locator('.legend output', { hasText: '123 /s' }).waitFor();
});

test('an alert leads to its runbook, a light and a hot key to where they are', async () => {
  const { page } = shown;
  system = now(TROUBLED);
  await page.goto(address);
  await page.getByRole('link', { name: 'runbook of SagalineStreamFull' }).click();
  await page.getByRole('heading', { name: 'A stream is full' }).waitFor();
  await page.goBack();
  await page.getByRole('link', { name: 'stream EVENTS' }).click();
  await page.getByRole('heading', { name: 'Partitions' }).waitFor();
  await shown.picture('streams');
  await page.getByRole('link', { name: 'hot-key' }).first().click();
  await page.getByText('There is no workflow “hot-key”').waitFor();
  await page.getByRole('link', { name: 'Struggling and stuck' }).click();
  await page.getByRole('heading', { name: '12 × order: voidPayment' }).waitFor();
  await shown.picture('struggling');
});

test.each([
  ['quiet', QUIET],
  ['troubled', TROUBLED],
  ['hostile', hostile(TROUBLED)],
  ['unknown', unknownSystem(HOSTILE)],
])('each page of a system that is %s, on a desk and a phone', async (_, snapshot) => {
  const { page } = shown;
  system = snapshot;
  for (const url of PAGES) {
    await page.goto(address + url);
    expect(await page.locator('main').innerText()).not.toBe('');
    expect(await page.locator('img').count()).toBe(0);
    await shown.checkPage();
  }
});

test('each page is interactive within a second', async () => {
  const { page } = shown;
  system = TROUBLED;
  const script = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd";
  for (const url of [...PAGES, '/switches']) {
    const times: number[] = [];
    // The best of three: other work on the machine is not the page's.
    for (let load = 0; load < 3; load++) {
      await page.goto(address + url);
      times.push(await page.evaluate<number>(script));
    }
    expect([url, Math.min(...times) < INTERACTIVE_MS]).toEqual([url, true]);
  }
});
