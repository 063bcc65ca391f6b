// The page of the deploys: versions with what is open on them, when they are drained, and the preview of a move.
import { viewerOf } from '../../../../src/console/server/viewer';
import { deploysBody, drainForecast } from '../../../../src/console/views/deploys';
import { html } from '../../../../src/console/views/html';
import { moveBody } from '../../../../src/console/views/move';
import { versionBody } from '../../../../src/console/views/version';
import type { MovePlan, VersionFile } from '../../../../src/operator';
import { unknownSystem } from '../../../support/system';
import { HOSTILE, hostile, TROUBLED } from '../../../support/troubled-system';

const ADA = viewerOf({ name: 'ada', verified: true }, ['operate'], { csrf: 'csrf' });
const RITA = viewerOf({ name: 'rita', verified: true }, ['read'], { csrf: 'csrf' });
const AT = new Date('2026-11-29T03:00:00Z');
const text = (part: Parameters<typeof html>[1]) => html`${part}`.toString().replace(/\s+/g, ' ');

test.each([
  ['that gets new work does not drain', { current: true, pinned: 3, pinnedPerSecond: -1 }, ''],
  ['that is ramped up does not drain', { status: 'ramping' as const, pinned: 3, pinnedPerSecond: -1 }, ''],
  ['without open workflows may end', { pinned: 0 }, 'yes: its workers may end'],
  ['of one look only is not known', { pinned: 3 }, 'not known yet'],
  ['whose workflows end', { pinned: 60, pinnedPerSecond: -0.005 }, 'in about 3 h'],
  ['whose workflows do not end', { pinned: 3, pinnedPerSecond: 0 }, 'none has ended lately'],
  ['to which workflows are moved', { pinned: 3, pinnedPerSecond: 0.1 }, 'none has ended lately'],
])('a version %s', (_, version, forecast) => {
  expect(drainForecast({ buildId: 'b', current: false, pollers: 1, ...version })).toBe(forecast);
});

test('each version has its work, its workers and its failing steps', () => {
  const shown = text(deploysBody(TROUBLED));
  expect(shown).toContain('href="/deploys/orders/0.0.9"');
  expect(shown).toContain('in about 3 h');
  expect(shown).toContain('3 open workflows are pinned to 0.0.8, and no worker of it polls');
  expect(shown).toContain('New work goes to 0.1.0, and no worker of it polls');
  expect(shown.match(/12 × voidPayment/g)).toHaveLength(1);
});

test('a ramp is shown with its part of the new work', () => {
  const { pools } = TROUBLED;
  if (pools.kind !== 'known') throw new Error('known in the fixture');
  const [orders] = pools.data;
  if (!orders) throw new Error('the first pool of the fixture');
  const ramped = { ...orders, ramping: { buildId: '0.0.9', percent: 25 } };
  const shown = text(deploysBody({ ...TROUBLED, pools: { ...pools, data: [ramped] } }));
  expect(shown).toContain('25 % of new work goes to 0.0.9.');
  expect(shown).toContain('ramping: 25 %');
});

test('hostile names stay text, and a server that is away is told', () => {
  expect(text(deploysBody(hostile(TROUBLED)))).not.toMatch(/<script|<img/);
  expect(text(deploysBody(unknownSystem(HOSTILE)))).toContain('Pools cannot be seen');
});

const saga = {
  ...{ workflowId: `order-${HOSTILE}`, runId: 'r', workflow: 'order', key: HOSTILE, state: HOSTILE },
  ...{ status: 'RUNNING', startedAt: AT },
};
const version = (buildId: string, pinned: number) => ({
  ...{ buildId, createdAt: AT, status: 'draining' as const, polled: false, pinned },
});
const file: VersionFile = {
  ...{ pool: 'orders', current: '2', version: version('1', 3), others: [version('2', 0)], first: [saga] },
  longest: { saga, deadlines: [{ summary: HOSTILE, at: AT }] },
  replay: { histories: 5, replay: 4, workflows: [HOSTILE], by: HOSTILE, at: AT.toISOString() },
  moves: [{ at: AT.toISOString(), by: HOSTILE, from: '0', to: '1', moved: 7, reason: HOSTILE }],
};

test('a version shows the longest of its workflows, its replay on record, and leads to the preview of a move', () => {
  const shown = text(versionBody(file, ADA));
  expect(shown).toContain('4 of 5 histories replay');
  expect(shown).toContain('Its deadlines');
  expect(shown).toContain('action="/deploys/orders/1/move"');
  expect(shown).toMatch(/<option value="2" selected>2 \(current\)/);
  expect(shown).not.toMatch(/<script|<img/);
  expect(text(versionBody(file, RITA))).not.toContain('<form');
  const none = { ...file, version: version('1', 0), replay: undefined, longest: undefined, first: [] };
  const drained = text(versionBody(none, ADA));
  expect(drained).not.toContain('<form');
  expect(drained).toContain('nothing on record');
});

const plan: MovePlan = { pool: 'orders', from: '1', to: '2', pinned: 700, first: [saga], polled: true };
const preview = (more: Partial<MovePlan>, replay = file.replay) =>
  text(moveBody({ plan: { ...plan, ...more }, replay, atMost: 500 }, ADA));

test('the preview of a move has the number, the first ones, and asks for a reason', () => {
  const shown = preview({});
  expect(shown).toContain('Nothing is moved yet.');
  expect(shown).toContain('The first 1 of 700');
  expect(shown).toContain('data-confirm="Move 500 workflows to 2?"');
  expect(shown).toMatch(/name="reason" maxlength="2000" required/);
  expect(shown).toContain('Not all histories replayed with 2');
  expect(shown).not.toMatch(/<script|<img/);
  expect(text(moveBody({ plan, replay: undefined, atMost: 500 }, RITA))).not.toContain('<form');
});

test('the preview says what would not go on', () => {
  expect(preview({ polled: false })).toContain('No worker of 2 polls');
  const whole = { histories: 5, replay: 5, workflows: ['order'], by: 'ada', at: AT.toISOString() };
  expect(preview({}, whole)).not.toMatch(/Not all histories|is not on record/);
  expect(text(moveBody({ plan, replay: undefined, atMost: 500 }, ADA))).toContain('is not on record');
  expect(preview({ pinned: 0, first: [] })).toContain('there is nothing to move');
  expect(preview({ pinned: 0, first: [] })).not.toContain('<form');
});
