// Fields that a contract does not know: stripped at whatever depth, or refused.
import { z } from 'zod';
import { readData } from '../../../../src/contracts';
import { shop } from '../../../../domains/shop';

const inner = z.strictObject({ sku: z.string().max(9) });
const schema = z
  .strictObject({
    id: z.string().max(9),
    lines: z.array(inner).max(9).optional(),
    place: z.strictObject({ city: z.strictObject({ name: z.string().max(9) }) }).optional(),
    how: z
      .union([z.strictObject({ card: z.string().max(9) }), z.strictObject({ bank: z.string().max(9) })])
      .optional(),
    kind: z
      .discriminatedUnion('is', [
        z.strictObject({ is: z.literal('a'), a: inner }),
        z.strictObject({ is: z.literal('b') }),
      ])
      .optional(),
  })
  .refine(({ id }) => id !== 'bad', 'must not be bad');
const read = (given: unknown) => readData({ schema }, given);

test.each([
  ['nothing unknown', { id: '1' }, { id: '1' }, []],
  ['at the top', { id: '1', colour: 'red', more: {} }, { id: '1' }, ['colour', 'more']],
  [
    'in a list, each name once',
    {
      id: '1',
      lines: [
        { sku: 'A', x: 1 },
        { sku: 'B', x: 2 },
      ],
    },
    { id: '1', lines: [{ sku: 'A' }, { sku: 'B' }] },
    ['lines[].x'],
  ],
  [
    'in nested objects',
    { id: '1', place: { city: { name: 'B', zip: 1 }, x: 1 } },
    { id: '1', place: { city: { name: 'B' } } },
    ['place.x', 'place.city.zip'],
  ],
  ['in a union', { id: '1', how: { bank: 'B', x: 1 } }, { id: '1', how: { bank: 'B' } }, ['how.x']],
  [
    'in a discriminated union',
    { id: '1', kind: { is: 'a', a: { sku: 'A', y: 1 }, x: 1 } },
    { id: '1', kind: { is: 'a', a: { sku: 'A' } } },
    ['kind.a.y', 'kind.x'],
  ],
])('stripped: %s', (_, given, data, stripped) => {
  const before = structuredClone(given);
  const reading = read(given);
  expect(reading).toMatchObject({ ok: true, data });
  expect(reading.ok && [...reading.stripped].sort()).toEqual([...stripped].sort());
  // What was published is still there to be hashed, and to be dead-lettered.
  expect(given).toEqual(before);
});

test.each([
  ['a wrong field beside it', { id: 1, x: 1 }, 'data.id'],
  ['a rule for the rest', { id: 'bad', x: 1 }, undefined],
  ['no shape of a union', { id: '1', how: { cash: 1 } }, 'data.how'],
])('what else is wrong is still wrong: %s', (_, given, path) => {
  const reading = read(given);
  expect(reading.ok).toBe(false);
  if (path !== undefined) expect(reading).toMatchObject({ rejection: { reason: 'invalid-data', path } });
});

test('a contract that refuses them names the field and the remedy', () => {
  expect(readData({ schema, unknownFields: 'refused' }, { id: '1', coupon: 1 })).toMatchObject({
    ok: false,
    rejection: { path: 'data', detail: expect.stringMatching(/"coupon".*leave it out/) },
  });
});

// docs/events.md promises it of these.
const WHERE_MONEY_MOVES = /\.(payments\.[^.]+|orders\.(submitted|amendment-requested))\.v\d+$/;
test.each(
  shop.events.filter(({ type }) => WHERE_MONEY_MOVES.test(type)).map((event) => [event.type, event] as const),
)('%s refuses them', (_, event) => {
  expect(event.unknownFields).toBe('refused');
  expect(readData(event, { ...(event.example as object), coupon: 1 }).ok).toBe(false);
});
