// The money at risk: told by the processes that are asked anyway, summed by currency, and never a reason to hide a question.
import { viewerOf } from '../../../../src/console/server/viewer';
import { html } from '../../../../src/console/views/html';
import { stuckBody } from '../../../../src/console/views/struggling';
import type { Client } from '@temporalio/client';
import type { Money } from '../../../../src/contracts';
import type { StuckSaga } from '../../../../src/operator';
import { groupsOfStuck, moneyAtRisk, moneyText, whyTwoPeople } from '../../../../src/operator';
import { whatIsAsked } from '../../../../src/operator/sagas/question';

const VIEWER = viewerOf({ name: 'ada', verified: true }, ['operate'], { csrf: 'csrf' });
const EUR = { currency: 'EUR', digits: 2 };
const QUESTION = { state: 's', what: 'ship', message: 'HTTP 503', since: '2026-11-29T01:00:00Z' };

function stuck(id: string, value?: Money): StuckSaga {
  const question = { ...QUESTION, decisions: ['retry' as const], ...(value && { value }) };
  return {
    saga: { workflowId: id, runId: 'r', workflow: 'order', state: 'step-stuck', key: id } as never,
    asked: { kind: 'asks', question },
  };
}

test('a group has a sum for each currency; currencies are never added', () => {
  const groups = groupsOfStuck([
    stuck('order-1', { amount: 129_990, ...EUR }),
    stuck('order-2', { amount: 1, ...EUR }),
    stuck('order-3', { amount: 5_000, currency: 'JPY', digits: 0 }),
    stuck('order-4'),
  ]);
  expect(groups.map(({ value }) => value)).toEqual([
    [
      { amount: 129_991, ...EUR },
      { amount: 5_000, currency: 'JPY', digits: 0 },
    ],
  ]);
  const shown = html`${stuckBody({ groups, more: false }, VIEWER)}`.toString();
  expect(shown).toContain('1,299.91 EUR + 5,000 JPY');
});

test('one currency in two units is two sums', () => {
  const values = [
    { amount: 7, ...EUR },
    { amount: 7, currency: 'EUR', digits: 3 },
  ];
  expect(moneyAtRisk(values.map((value, at) => stuck(`order-${at}`, value)))).toEqual(values);
});

test('amounts in both directions are at risk together', () => {
  const values = [-500, 700].map((amount, at) => stuck(`order-${at}`, { amount, ...EUR }));
  expect(moneyAtRisk(values)).toEqual([{ amount: 1_200, ...EUR }]);
});

test('above a limit of money, processes that do not tell their value need a second person', () => {
  const plan = { items: [], value: [], unvalued: 1 };
  const limits = { BULK_FOUR_EYES_ABOVE: undefined, BULK_FOUR_EYES_ABOVE_VALUE: { EUR: 500 } };
  expect(whyTwoPeople(plan, limits)).toContain('1 of them do not tell what they are worth');
  expect(whyTwoPeople({ ...plan, unvalued: 0 }, limits)).toBeUndefined();
  expect(whyTwoPeople(plan, { ...limits, BULK_FOUR_EYES_ABOVE_VALUE: undefined })).toBeUndefined();
});

test('processes without a value show nothing', () => {
  const groups = groupsOfStuck([stuck('order-1'), stuck('order-2')]);
  expect(groups[0]?.value).toEqual([]);
  expect(html`${stuckBody({ groups, more: false }, VIEWER)}`.toString()).not.toContain('money');
});

test.each<[string, Money]>([
  ['0.05 EUR', { amount: 5, ...EUR }],
  ['1,234,567.00 EUR', { amount: 123_456_700, ...EUR }],
  ['-12.90 EUR', { amount: -1_290, ...EUR }],
  ['1,290 JPY', { amount: 1_290, currency: 'JPY', digits: 0 }],
  ['1.290 KWD', { amount: 1_290, currency: 'KWD', digits: 3 }],
])('%s', (text, money) => {
  expect(moneyText(money)).toBe(text);
});

describe('what a process answers', () => {
  const asked = (answer: unknown) =>
    whatIsAsked(
      {
        temporal: () =>
          Promise.resolve({
            withDeadline: (_: number, ask: () => unknown) => ask(),
            workflow: { getHandle: () => ({ query: () => Promise.resolve(answer) }) },
          } as unknown as Client),
      },
      { workflowId: 'order-1', runId: 'r', workflow: 'order' } as never,
    );
  const question = { ...QUESTION, decisions: ['retry'] };

  test.each<[string, unknown]>([
    ['a fraction', { amount: 1.5, ...EUR }],
    ['no currency', { amount: 1, currency: '<b>', digits: 2 }],
    ['a text', 'much'],
    ['too many digits', { amount: 1, currency: 'EUR', digits: 40 }],
  ])('%s instead of a value: the question stays, without one', async (_, value) => {
    const { kind, question: read } = (await asked({ ...question, value })) as never;
    expect([kind, read]).toEqual(['asks', question]);
  });

  test('its value comes with its question', async () => {
    const value = { amount: 1, ...EUR };
    expect(await asked({ ...question, value })).toEqual({ kind: 'asks', question: { ...question, value } });
  });
});
