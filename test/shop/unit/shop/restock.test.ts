import { lookEvery } from '../../../../domains/shop/rules/restock';

const [MINUTE, HOUR, DAY] = [60_000, 60 * 60_000, 24 * 60 * 60_000];

test.each<[string, { everyMs: number; withinMs: number }, number]>([
  ['as often as the shop wants', { everyMs: 6 * HOUR, withinMs: 14 * DAY }, 6 * HOUR],
  ['not every minute for two weeks', { everyMs: MINUTE, withinMs: 14 * DAY }, 1_209_600],
  ['every minute for an hour', { everyMs: MINUTE, withinMs: HOUR }, MINUTE],
  ['no time at all', { everyMs: 0, withinMs: 0 }, 0],
])('%s', (_, wanted, every) => expect(lookEvery(wanted)).toBe(every));
