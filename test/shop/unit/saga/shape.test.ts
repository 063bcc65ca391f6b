import type { EventContract } from '../../../../src/contracts';
import { amendmentRequested } from '../../../../domains/shop/events';
import { routes } from '../../../../domains/shop/routes';
import type { Shape } from '../../../../src/saga/accepted';
import { fits } from '../../../../src/saga/accepted';
import { ORDER_SHAPES, VIEW_SHAPES } from '../../../../workflows/shop/event-shapes';

interface Sample {
  readonly id: string;
  readonly at?: string;
  readonly title?: string;
  readonly flag: boolean;
  readonly share: number;
  readonly lines: readonly { readonly quantity: number; readonly note?: string }[];
}
const shape: Shape<Sample> = {
  id: 'key',
  'at?': 'time',
  'title?': 'line',
  flag: 'boolean',
  share: 'number',
  lines: [{ quantity: 'count', 'note?': (note) => note !== 'forbidden' }],
};
const sample = { id: 'k', flag: true, share: 0.5, lines: [{ quantity: 1 }] };

test.each<[string, unknown, boolean]>([
  ['as it shall be', sample, true],
  ['with all that is optional', { ...sample, at: '2026-01-15T10:30:00.5+01:00' }, true],
  ['with a field more', { ...sample, more: 1 }, true],
  ['with an empty list', { ...sample, lines: [] }, true],
  ['of another key', { ...sample, id: 'other' }, false],
  ['without a field', { ...sample, flag: undefined }, false],
  ['with null for what is optional', { ...sample, at: null }, false],
  ['with a time that is none', { ...sample, at: '2026-13-45T10:30:00Z' }, false],
  ['with an object for a list', { ...sample, lines: {} }, false],
  ['with a list for an object', [sample], false],
  ['with a fraction for a count', { ...sample, lines: [{ quantity: 1.5 }] }, false],
  ['with a negative count', { ...sample, lines: [{ quantity: -1 }] }, false],
  ['with a text for a number', { ...sample, share: '0.5' }, false],
  ['with a blank line', { ...sample, title: '\u00a0' }, false],
  ['against a predicate', { ...sample, lines: [{ quantity: 1, note: 'forbidden' }] }, false],
  ['null', null, false],
  ['nothing', undefined, false],
])('a value %s', (_, value, expected) => {
  expect(fits(value, shape, 'k')).toBe(expected);
});

describe('the shapes of the shop’s workflows agree with the contracts', () => {
  const shapes = { order: ORDER_SHAPES, demand: VIEW_SHAPES } as Record<string, Record<string, unknown>>;
  const routed = routes.map(({ event, workflow }): [string, EventContract, unknown] => [
    `${event.type} → ${workflow.name}`,
    event,
    shapes[workflow.name]?.[event.type],
  ]);
  const accepts = (data: unknown, of: unknown, key: string) => fits(data, of as Shape<object>, key);

  test.each(routed)('%s: takes the example, under its own key only', (_, event, of) => {
    const key = event.key(event.example);
    expect(accepts(event.example, of, key)).toBe(true);
    expect(accepts(event.example, of, `${key}-other`)).toBe(false);
  });

  test.each(routed)('%s: no field of the example may be of another kind', (_, event, of) => {
    const key = event.key(event.example);
    for (const name of Object.keys(event.example as object)) {
      const wrong = { ...(event.example as object), [name]: [[]] };
      expect([name, accepts(wrong, of, key)]).toEqual([name, false]);
    }
  });

  const line = { sku: 'TEA-GREEN-250', quantity: 1, unitPrice: 100 };
  const articles = (count: number) => Array.from({ length: count }, (_, at) => ({ ...line, sku: `A-${at}` }));
  test.each<[string, unknown, boolean]>([
    ['one', [line], true],
    ['a hundred', articles(100), true],
    ['one more', articles(101), false],
    ['none', [], false],
    ['an article twice', [line, line], false],
    ['the longest name', [{ ...line, sku: 'A'.repeat(32) }], true],
    ['a longer one', [{ ...line, sku: 'A'.repeat(33) }], false],
    ['no name', [{ ...line, sku: '' }], false],
    ['another name', [{ ...line, sku: 'tea' }], false],
    ['no piece', [{ ...line, quantity: 0 }], false],
    ['the most pieces', [{ ...line, quantity: 1_000 }], true],
    ['more', [{ ...line, quantity: 1_001 }], false],
    ['for nothing', [{ ...line, unitPrice: 0 }], true],
    ['the highest price', [{ ...line, unitPrice: 1_000_000_000_000 }], true],
    ['a higher one', [{ ...line, unitPrice: 1_000_000_000_001 }], false],
    ['more in all', articles(2).map((each) => ({ ...each, quantity: 1_000, unitPrice: 1e12 })), false],
  ])('an amendment of lines, %s: contract and shape say the same', (_, lines, expected) => {
    const data = { orderId: 'o-1', customerId: 'c-1', lines };
    expect(amendmentRequested.schema.safeParse(data).success).toBe(expected);
    expect(accepts(data, ORDER_SHAPES[amendmentRequested.type], 'o-1')).toBe(expected);
  });
});
