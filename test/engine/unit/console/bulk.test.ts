// A bulk: one item after the other, each through its own function, and stopped by a person or by failures in a row.
import { planBody, progressBody } from '../../../../src/console/views/bulk';
import { viewerOf } from '../../../../src/console/server/viewer';
import { html } from '../../../../src/console/views/html';
import type { BulkPlan, OperatorContext } from '../../../../src/operator';
import { OperatorError, runBulk } from '../../../../src/operator';
import { HOSTILE } from '../../../support/troubled-system';
import { until } from '../../../support/until';

const FAST = { reason: 'the provider is back', perSecond: 1_000 };
const VIEWER = viewerOf({ name: 'ada', verified: true }, ['operate'], 'csrf');

type Record = readonly [kind: string, action: string, more: unknown];

/** An audit in memory; nothing else is connected. */
function recording({ refuses = false } = {}) {
  const records: Record[] = [];
  const auditing: Pick<OperatorContext['auditing'], 'change'> = {
    change: async (about, effect, outcome) => {
      if (refuses) throw new OperatorError('audit-unavailable', 'the audit cannot be written');
      records.push(['change', about.action, about.details]);
      const result = await effect({ by: 'ada', audit: 1 });
      records.push(['outcome', about.action, outcome?.(result)]);
      return result;
    },
  };
  return { records, context: { auditing } as OperatorContext };
}

function planOf(acts: readonly ((reason: string) => Promise<'done' | 'requested'>)[]): BulkPlan {
  const items = acts.map((act, at) => ({
    target: `dead-letter ${at + 1}`,
    act: (_: OperatorContext, reason: string) => act(reason),
  }));
  return { action: 'bulk.redrive', title: `redrive: ${items.length} dead letters`, items, more: false };
}
const done = () => Promise.resolve('done' as const);
const refused = () => Promise.reject(new OperatorError('conflict', 'somebody else was faster'));

test('each item gets the reason, one at a time, and what became of all is on record', async () => {
  const { context, records } = recording();
  const reasons: string[] = [];
  let atOnce = 0;
  const act = async (reason: string) => {
    expect(++atOnce).toBe(1);
    reasons.push(reason);
    await Promise.resolve();
    atOnce -= 1;
    return 'done' as const;
  };
  const run = runBulk(context, planOf([act, refused, () => Promise.resolve('requested'), act]), FAST);
  await run.ended;
  expect(reasons).toEqual([FAST.reason, FAST.reason]);
  expect(run.progress()).toEqual({
    ...{ state: 'ended', total: 4, done: 2, requested: 1, failed: 1 },
    failures: ['dead-letter 2: conflict: somebody else was faster'],
  });
  expect(records).toEqual([
    ['change', 'bulk.redrive', { title: 'redrive: 4 dead letters', items: 4, ...FAST }],
    ['outcome', 'bulk.redrive', { done: 2, requested: 1, failed: 1 }],
  ]);
});

test('a person stops it after the present item', async () => {
  const { context, records } = recording();
  const run = runBulk(context, planOf(Array.from({ length: 50 }, () => done)), { ...FAST, perSecond: 1 });
  await until('one item is done', () => run.progress().done === 1);
  run.stop('ada has stopped it');
  await run.ended;
  expect(run.progress()).toMatchObject({ state: 'stopped', done: 1, why: 'ada has stopped it' });
  expect(records.at(-1)).toEqual(['outcome', 'bulk.redrive', expect.objectContaining({ done: 1 })]);
});

test('five failures in a row stop it; a success between them does not', async () => {
  const { context } = recording();
  const fails = [refused, refused, refused, refused];
  const run = runBulk(context, planOf([...fails, done, ...fails, refused, done, done]), FAST);
  await run.ended;
  expect(run.progress()).toMatchObject({ state: 'stopped', done: 1, failed: 9 });
});

test('without its record nothing is done', async () => {
  let touched = 0;
  const act = () => {
    touched += 1;
    return done();
  };
  const run = runBulk(recording({ refuses: true }).context, planOf([act]), FAST);
  await run.ended;
  expect(run.progress()).toMatchObject({ state: 'stopped', done: 0, why: 'the audit cannot be written' });
  expect(touched).toBe(0);
});

test('the dry run has the number, the first five and a demanded reason; hostile texts stay text', () => {
  const plan = { ...planOf(Array.from({ length: 7 }, () => done)), title: HOSTILE };
  const shown = html`${planBody({ id: 'b1', plan }, VIEWER)}`.toString();
  expect(shown).toContain('The first 5 of 7');
  expect(shown.match(/href="\/dead-letters\/\d"/g)).toHaveLength(5);
  expect(shown).toMatch(/name="reason" maxlength="2000" required/);
  const progress = {
    state: 'running',
    total: 7,
    done: 1,
    requested: 0,
    failed: 1,
    failures: [HOSTILE],
  } as const;
  const running = html`${progressBody('b1', plan, progress, VIEWER)}`.toString();
  expect(running).toContain('action="/bulk/b1/stop"');
  expect(shown + running).not.toMatch(/<script|<img/);
});
