// The pages of the whole system: hostile names, an empty system, and parts that cannot be seen.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { shop } from '../../../../domains/shop';
import { viewerOf } from '../../../../src/console/server/viewer';
import { overviewBody } from '../../../../src/console/views/overview';
import { anchorOf, runbooksBody } from '../../../../src/console/views/runbooks';
import { streamsBody } from '../../../../src/console/views/streams';
import { stuckBody, strugglingBody } from '../../../../src/console/views/struggling';
import { bytes, duration } from '../../../../src/console/views/units';
import type { Part } from '../../../../src/console/views/html';
import { html } from '../../../../src/console/views/html';
import { createCatalogue } from '../../../../src/contracts';
import { ALERTS } from '../../../../src/observability';
import { groupsOfStuck } from '../../../../src/operator';
import { AT, QUIET, unknownSystem } from '../../../support/system';
import { fullStream, HOSTILE, hostile, TROUBLED } from '../../../support/troubled-system';

const VIEWER = viewerOf({ name: 'ada', verified: true }, ['operate'], { csrf: 'csrf' });
const text = (part: Part) => html`${part}`.toString();
const declared = { routes: createCatalogue([shop]).routes, processes: shop.workflows };

test.each(['overview', 'streams', 'struggling'] as const)('%s: hostile names stay text', (page) => {
  const snapshot = hostile(TROUBLED);
  const shown = {
    overview: () => overviewBody(declared, snapshot),
    streams: () => streamsBody(snapshot),
    struggling: () => strugglingBody(snapshot),
  }[page]();
  expect(text(shown)).toContain('&lt;script&gt;');
  expect(text(shown)).not.toMatch(/<script|<img|\u202e/);
});

test('a system of which nothing is known says so everywhere, and shows no number', () => {
  const nothing = unknownSystem(HOSTILE);
  const overview = text(overviewBody(declared, nothing));
  expect(overview).toContain('page: A part of the system cannot be seen');
  expect(overview).not.toContain('<script');
  expect(overview).not.toMatch(/<strong>\d/);
  expect(overview).toContain('order-submitted');
  expect(text(streamsBody(nothing))).toContain('Nothing is known of them yet');
  expect(text(strugglingBody(nothing))).toContain('cannot be seen');
});

test('an empty system is well, and nothing is missing on its pages', () => {
  expect(text(overviewBody({ routes: [], processes: [] }, QUIET))).toContain('No alert fires.');
  expect(text(streamsBody(QUIET))).toContain('There are no streams');
  expect(text(strugglingBody(QUIET))).toContain('No step fails.');
  expect(text(stuckBody({ groups: [], more: false }, VIEWER))).toContain('Nobody has to decide anything.');
});

test('the overview has an alert with its runbook, a light for its cause, and what fails on the map', () => {
  const shown = text(overviewBody(declared, TROUBLED));
  expect(shown).toContain('href="/runbooks#a-stream-is-full"');
  expect(shown).toMatch(/<li class="light page">\s*<a href="\/streams">stream EVENTS<\/a>\s*<strong>broken/);
  const lights = shown.slice(shown.indexOf('<ul class="lights">'), shown.indexOf('<ul class="tiles">'));
  const pages = new Set([...lights.matchAll(/href="([^"]+)"/g)].map(([, href]) => href));
  expect([...pages].sort()).toEqual(['/', '/dead-letters', '/streams', '/struggling']);
  expect(shown).toMatch(/class="failing">[^]*?>order<\/text>\s*<text[^>]*>315 open, 12 failing, 3 ask</);
});

test('what a server said last is shown with its time and the error, and not as the present', () => {
  const last = { at: '2026-11-29T02:59:00.000Z', data: [fullStream] };
  const shown = text(
    streamsBody({ ...QUIET, streams: { kind: 'unknown', at: AT, error: 'no answer', last } }),
  );
  expect(shown).toMatch(/Streams cannot be seen: no answer[^]*2026-11-29 02:59:00Z[^]*512 MiB/);
});

test('a hot partition is named with the key of its oldest event, and cells tell in words what their colour means', () => {
  const shown = text(streamsBody(TROUBLED));
  expect(shown).toContain('<a href="/sagas?q=hot-key">hot-key</a>');
  expect(shown).toMatch(/<li class="late">\s*<span>7<\/span> <strong>3<\/strong>\s*<span>61 s<\/span>/);
  expect(shown).toMatch(/<li class="nobody">\s*<span>8<\/span> <strong>0<\/strong>\s*<span>nobody<\/span>/);
  expect(shown).toContain('1.3 d');
});

test('a group of failing steps has its processes, and until when each is tried', () => {
  const shown = text(strugglingBody(TROUBLED));
  expect(shown).toContain('12 × order: voidPayment');
  expect(shown).toContain('href="/sagas/order-17"');
  expect(shown).toContain('<time datetime="2026-11-29T03:10:00.000Z">');
  expect(shown).toContain('The first 3 of 12.');
  expect(shown).toContain('66 % of the 315 open workflows');
});

test('processes that ask a person are grouped by question and cause, not by their ids', () => {
  const stuck = (id: string, since: string, message: string) => ({
    saga: { workflowId: id, runId: 'r', workflow: 'order', state: 'step-stuck', key: id } as never,
    asked: {
      kind: 'asks' as const,
      question: { state: 's', what: 'ship', message, since, decisions: ['retry' as const] },
    },
  });
  const groups = groupsOfStuck([
    stuck('order-1', '2026-11-29T02:00:00Z', 'HTTP 503 of order-12345'),
    stuck('order-2', '2026-11-29T01:00:00Z', 'HTTP 503 of order-67890'),
    stuck('order-3', '2026-11-29T03:00:00Z', 'HTTP 500 of order-67890'),
  ]);
  expect(groups.map((group) => [group.cause, group.stuck.length, group.since, group.latest])).toEqual([
    ['HTTP 503 of …', 2, '2026-11-29T01:00:00Z', '2026-11-29T02:00:00Z'],
    ['HTTP 500 of …', 1, '2026-11-29T03:00:00Z', '2026-11-29T03:00:00Z'],
  ]);
  expect(text(stuckBody({ groups, more: true }, VIEWER))).toContain('2 × order: ship');
});

test('every alert leads to a heading of the runbooks', () => {
  const markdown = readFileSync(path.join(__dirname, '../../../../docs/runbooks.md'), 'utf8');
  const shown = text(runbooksBody(markdown));
  for (const { runbook } of ALERTS) expect(shown).toContain(`<h2 id="${runbook}">`);
  expect(shown).toContain('<pre>npx sagaline dead-letters parked</pre>');
  expect(anchorOf('A stream is "full"')).toBe('a-stream-is-full');
});

test('sizes and times are read at a glance', () => {
  expect([0, 1023, 2048, 5.5 * 1024 ** 3].map(bytes)).toEqual(['0 B', '1023 B', '2 KiB', '5.5 GiB']);
  expect([0.4, 119, 121, 7_300, 200_000].map(duration)).toEqual(['0 s', '119 s', '2 min', '2 h', '2 d']);
});
