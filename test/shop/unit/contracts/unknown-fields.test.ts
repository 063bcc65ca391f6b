// Fields that a contract does not know: stripped at whatever depth, or refused.
import * as fc from 'fast-check';
import { z } from 'zod';
import { readData } from '../../../../src/contracts';
import { MOST_STRIPPED } from '../../../../src/contracts/model/data';
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

const MANY = 12_000;
/** Processor time, which a busy machine does not lengthen: quadratic work takes minutes, linear work some 30 ms. */
const WITHIN_MS = 1_500;
const unknownOf = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`x${at}`, 1]));
const manyLines = z.strictObject({ ...schema.shape, lines: z.array(inner).max(MANY).optional() });

test.each([
  ['flat', { id: '1', ...unknownOf(MANY) }, MOST_STRIPPED],
  ['nested', { id: '1', place: { city: { name: 'B', ...unknownOf(MANY) } } }, MOST_STRIPPED],
  ['in a union', { id: '1', how: { bank: 'B', ...unknownOf(MANY) } }, MOST_STRIPPED],
  ['in a list', { id: '1', lines: Array.from({ length: MANY }, () => ({ sku: 'A', x: 1 })) }, 1],
])('thousands of unknown fields take linear time, and not all are named: %s', (_, given, named) => {
  const since = process.cpuUsage();
  const reading = readData({ schema: manyLines }, given);
  const { user } = process.cpuUsage(since);
  expect(reading).toMatchObject({ ok: true, data: { id: '1' } });
  expect(JSON.stringify(reading.ok && reading.data)).not.toContain('"x');
  expect(reading.ok && reading.stripped).toHaveLength(named);
  expect(user / 1_000).toBeLessThan(WITHIN_MS);
});

test('a contract that refuses them names ten, and how many more there are', () => {
  const given = { id: '1', [`z${'z'.repeat(5_000)}`]: 1, ...unknownOf(MANY) };
  const reading = readData({ schema, unknownFields: 'refused' }, given);
  expect(reading).toMatchObject({
    ok: false,
    rejection: { detail: expect.stringMatching(/"x8", and 11991 more; .*leave it out/) },
  });
  expect(JSON.stringify(reading).length).toBeLessThan(1_000);
});

test('property: with any unknown fields, at any depth, the rest is what it would be without them', () => {
  const extra = fc.dictionary(
    fc.string({ minLength: 1 }).map((name) => `x-${name}`),
    fc.jsonValue(),
  );
  const parts = fc.tuple(extra, extra, extra, fc.array(extra, { maxLength: 9 }));
  fc.assert(
    fc.property(parts, ([top, place, how, lines]) => {
      const data = {
        id: '1',
        lines: lines.map(() => ({ sku: 'A' })),
        place: { city: { name: 'B' } },
        how: { bank: 'B' },
      };
      const given = {
        ...data,
        ...top,
        lines: lines.map((more) => ({ sku: 'A', ...more })),
        place: { city: { name: 'B', ...place }, ...place },
        how: { ...data.how, ...how },
      };
      expect(read(given)).toEqual({ ok: true, data, stripped: expect.anything() });
    }),
    { numRuns: 100 },
  );
});

// docs/events.md promises it of these.
const WHERE_MONEY_MOVES = /\.(payments\.[^.]+|orders\.(submitted|amendment-requested))\.v\d+$/;
test.each(
  shop.events.filter(({ type }) => WHERE_MONEY_MOVES.test(type)).map((event) => [event.type, event] as const),
)('%s refuses them', (_, event) => {
  expect(event.unknownFields).toBe('refused');
  expect(readData(event, { ...(event.example as object), coupon: 1 }).ok).toBe(false);
});
