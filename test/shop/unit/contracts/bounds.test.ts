import { z } from 'zod';
import { shop } from '../../../../domains/shop';
import { unboundedPlaces } from '../../../../src/contracts/model/bounds';

const text = z.string().max(8);

/** What is missing at a field, without the field's own path. */
const gapsOf = (schema: z.ZodType) => unboundedPlaces(z.strictObject({ value: schema }));

describe('bounded', () => {
  test.each([
    ['a string with a maximum', text],
    ['a date with a maximum', z.iso.datetime().max(64)],
    ['an enumeration', z.enum(['a', 'b'])],
    ['a literal', z.literal('a')],
    ['a literal number', z.literal(3)],
    ['one of several literals', z.literal(['a', 'b'])],
    ['one of several literal numbers', z.literal([1, 2])],
    ['an enumeration of numbers', z.enum({ low: 1, high: 2 })],
    ['a number between two bounds', z.number().min(0).max(1)],
    ['a number between exclusive bounds', z.number().gt(0).lt(1)],
    ['a whole number between two bounds', z.int().min(0).max(1)],
    ['a whole number, by what JavaScript can count', z.int()],
    ['an array of bounded values', z.array(text).max(3)],
    ['an array of a fixed length', z.array(text).length(3)],
    ['a tuple of bounded values', z.tuple([text, z.int().min(0).max(1)])],
    ['a truth value', z.boolean()],
    ['a truth value or nothing', z.boolean().nullable()],
    ['nothing', z.null()],
    ['an optional string with a maximum', text.optional()],
    ['a string with a maximum, or nothing', text.nullable()],
    ['a string with a maximum and a default', text.default('a')],
    ['a union of bounded values', z.union([text, z.number().min(0).max(1)])],
    ['a strict object', z.strictObject({ inner: text })],
    [
      'a union of strict objects',
      z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('a'), inner: text }),
        z.strictObject({ kind: z.literal('b') }),
      ]),
    ],
  ])('%s', (_, schema) => expect(gapsOf(schema)).toEqual([]));
});

describe('unbounded', () => {
  test.each([
    ['a string', z.string(), ['data.value: no maximum length']],
    ['a string with a pattern only', z.string().regex(/^a+$/), ['data.value: no maximum length']],
    ['a date', z.iso.datetime(), ['data.value: no maximum length']],
    ['an optional string', z.string().optional(), ['data.value: no maximum length']],
    ['a string or nothing', z.string().nullable(), ['data.value: no maximum length']],
    ['a string with a default', z.string().default('a'), ['data.value: no maximum length']],
    ['a number', z.number(), ['data.value: no minimum', 'data.value: no maximum']],
    ['a number with a minimum', z.number().min(0), ['data.value: no maximum']],
    ['a number with a maximum', z.number().lt(0), ['data.value: no minimum']],
    ['an array', z.array(text), ['data.value: no maximum number of items']],
    ['an array of strings', z.array(z.string()).max(3), ['data.value[]: no maximum length']],
    [
      'an array in an array',
      z.array(z.array(z.string()).max(2)),
      ['data.value: no maximum number of items', 'data.value[][]: no maximum length'],
    ],
    ['an object with room for more', z.object({ inner: text }), ['data.value: not a strict object']],
    ['an object that keeps more', z.looseObject({ inner: text }), ['data.value: not a strict object']],
    ['a string in an object', z.strictObject({ a: z.string() }), ['data.value.a: no maximum length']],
    [
      'a string in an array of objects',
      z.array(z.strictObject({ a: z.string() })).max(2),
      ['data.value[].a: no maximum length'],
    ],
    ['a record', z.record(text, text), ['data.value: not a strict object']],
    ['any value', z.unknown(), ['data.value: any value']],
    [
      'a union with a string',
      z.union([z.string(), z.number().min(0)]),
      ['data.value: no maximum length', 'data.value: no maximum'],
    ],
    [
      'a union with a loose object',
      z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('a') }),
        z.object({ kind: z.literal('b'), inner: z.string() }),
      ]),
      ['data.value: not a strict object', 'data.value.inner: no maximum length'],
    ],
  ])('%s', (_, schema, expected) => expect(gapsOf(schema)).toEqual(expected));

  test('a string in a tuple', () => {
    expect(gapsOf(z.tuple([text, z.string()]))).toEqual([
      expect.stringMatching(/^data\.value.*: no maximum length$/),
    ]);
  });
});

test.each(shop.events.map((event) => [event.type, event] as const))('%s is bounded', (_, { schema }) => {
  expect(unboundedPlaces(schema)).toEqual([]);
});
