// A bulk: one item after the other, each through its own function, and stopped by a person or by failures in a row.
import { setTimeout as sleep } from 'node:timers/promises';
import { planBody } from '../../../../src/console/views/bulk/plan';
import { progressBody } from '../../../../src/console/views/bulk/progress';
import { viewerOf } from '../../../../src/console/server/viewer';
import { html } from '../../../../src/console/views/html';
import type { BulkPlan, OperatorContext } from '../../../../src/operator';
import { OperatorError, runBulk } from '../../../../src/operator';
import { HOSTILE } from '../../../support/troubled-system';
import { until } from '../../../support/until';

const FAST = { reason: 'the provider is back', perSecond: 1_000 };
const VIEWER = viewerOf({ name: 'ada', verified: true }, ['operate'], { csrf: 'csrf' });

type Limits = ReturnType<OperatorContext['config']>;
type Record = readonly [kind: string, action: string, more: unknown];

/** An audit in memory; nothing else is connected. */
function recording({ refuses = false, limits = {} }: { refuses?: boolean; limits?: Partial<Limits> } = {}) {
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
  const config = () => ({ BULK_GRACE_SECONDS: 0, ...limits });
  return { records, context: { auditing, config } as OperatorContext };
}

function planOf(acts: readonly ((reason: string) => Promise<'done' | 'requested'>)[]): BulkPlan {
  const items = acts.map((act, at) => ({
    target: `dead-letter ${at + 1}`,
    identity: `dead-letter ${at + 1}`,
    act: (_: OperatorContext, { reason }: { readonly reason: string }) => act(reason),
  }));
  const title = `redrive: ${items.length} dead letters`;
  return {
    wanted: { kind: 'redrive' },
    action: 'bulk.redrive',
    title,
    items,
    value: [],
    unvalued: 0,
    more: false,
  };
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

test('cancelled in the time before its first item, nothing is done, and its record says so', async () => {
  const { context, records } = recording({ limits: { BULK_GRACE_SECONDS: 600 } });
  let touched = 0;
  const act = () => {
    touched += 1;
    return done();
  };
  const run = runBulk(context, planOf([act, act]), FAST);
  expect(run.progress()).toMatchObject({ state: 'waiting', beginsAt: expect.any(String) });
  run.stop('ada has pressed stop');
  await run.ended;
  expect(run.progress()).toMatchObject({ state: 'cancelled', done: 0, why: 'ada has pressed stop' });
  expect(touched).toBe(0);
  expect(records.at(-1)).toEqual([
    ...['outcome', 'bulk.redrive'],
    { done: 0, requested: 0, failed: 0, why: 'ada has pressed stop', cancelled: true },
  ]);
});

test('after that time it begins by itself', async () => {
  const { context } = recording({ limits: { BULK_GRACE_SECONDS: 0.02 } });
  const run = runBulk(context, planOf([done]), FAST);
  expect(run.progress()).toMatchObject({ state: 'waiting', done: 0 });
  await run.ended;
  expect(run.progress()).toMatchObject({ state: 'ended', done: 1 });
});

describe('paused', () => {
  /** A bulk of three items, each of which waits until it is let through. */
  function held() {
    const waiting: (() => void)[] = [];
    const act = () =>
      new Promise<'done'>((resolve) => {
        waiting.push(() => resolve('done'));
      });
    const { context, records } = recording();
    const run = runBulk(context, planOf([act, act, act]), FAST);
    const letThrough = async () => {
      const next = await until('an item is at its turn', () => waiting.shift());
      next();
    };
    return { run, records, waiting, letThrough };
  }

  test('the present item is done, the next one waits until it is resumed', async () => {
    const { run, records, waiting, letThrough } = held();
    await until('the first item is at its turn', () => waiting.length === 1);
    run.pause('ada has pressed pause');
    expect(run.progress()).toMatchObject({ state: 'paused', why: 'ada has pressed pause' });
    await letThrough();
    await until('it is done', () => run.progress().done === 1);
    // Longer than the pause between two items.
    await sleep(20);
    expect([waiting.length, run.progress().state]).toEqual([0, 'paused']);
    run.resume();
    expect(run.progress()).toMatchObject({ state: 'running', done: 1 });
    await letThrough();
    await letThrough();
    await run.ended;
    expect(run.progress()).toEqual({
      ...{ state: 'ended', total: 3, done: 3, requested: 0, failed: 0, failures: [] },
    });
    expect(records.at(-1)).toEqual(['outcome', 'bulk.redrive', { done: 3, requested: 0, failed: 0 }]);
  });

  test('it can be stopped, and the rest is left', async () => {
    const { run, waiting, letThrough } = held();
    await until('the first item is at its turn', () => waiting.length === 1);
    run.pause('ada has pressed pause');
    await letThrough();
    await until('it is done', () => run.progress().done === 1);
    run.stop('bob has pressed stop');
    await run.ended;
    expect(run.progress()).toMatchObject({ state: 'stopped', done: 1, why: 'bob has pressed stop' });
  });

  test('during the last item, it ends all the same', async () => {
    const { run, waiting, letThrough } = held();
    await letThrough();
    await letThrough();
    await until('the last item is at its turn', () => waiting.length === 1);
    run.pause('ada has pressed pause');
    await letThrough();
    await run.ended;
    expect(run.progress()).toMatchObject({ state: 'ended', done: 3 });
  });
});

describe('above a limit', () => {
  const EUR = { currency: 'EUR', digits: 2 };
  test.each<[string, Partial<Limits>, string | undefined]>([
    ['as many items as one person may do', { BULK_FOUR_EYES_ABOVE: 3 }, undefined],
    ['one more', { BULK_FOUR_EYES_ABOVE: 2 }, 'more than 2 items'],
    ['as much money', { BULK_FOUR_EYES_ABOVE_VALUE: { EUR: 1_000 } }, undefined],
    ['more money', { BULK_FOUR_EYES_ABOVE_VALUE: { EUR: 999 } }, 'more than 9.99 EUR'],
    ['more money of another currency', { BULK_FOUR_EYES_ABOVE_VALUE: { USD: 1 } }, undefined],
    ['no limit', {}, undefined],
  ])('%s', async (_, limits, why) => {
    const plan = { ...planOf([done, done, done]), value: [{ amount: 1_000, ...EUR }] };
    const { context, records } = recording({ limits });
    if (why === undefined) {
      await runBulk(context, plan, FAST).ended;
      expect(records).toHaveLength(2);
      return;
    }
    expect(() => runBulk(context, plan, FAST)).toThrow(why);
    expect(records).toEqual([]);
    const approved = { by: 'ada', audit: 1, approvedBy: 'bob', approval: 2 };
    const run = runBulk(context, plan, { ...FAST, approved });
    await run.ended;
    expect(run.progress()).toMatchObject({ state: 'ended', done: 3 });
    expect(records[0]).toEqual(['change', 'bulk.redrive', expect.objectContaining({ request: 1 })]);
  });
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
  const dryRun = { id: 'b1', plan, graceSeconds: 10, two: undefined };
  const shown = html`${planBody(dryRun, VIEWER)}`.toString();
  expect(shown).toContain('waits 10 seconds');
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
  for (const action of ['pause', 'stop']) expect(running).toContain(`action="/bulk/b1/${action}"`);
  expect(shown + running).not.toMatch(/<script|<img/);
});
