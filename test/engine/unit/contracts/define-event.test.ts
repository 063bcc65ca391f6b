import fc from 'fast-check';
import { z } from 'zod';
import type { EventContract } from '../../../../src/contracts';
import { defineEvent, identityOf, InvalidContractError } from '../../../../src/contracts';

interface Ping {
  pingId: string;
}

const sound: EventContract<string, Ping> = {
  type: 'test.sagaline.pings.pinged.v2',
  entity: 'ping',
  summary: 'Somebody has pinged.',
  schema: z.strictObject({ pingId: z.string().min(1).max(64) }),
  key: ({ pingId }) => pingId,
  example: { pingId: 'p-1' },
};

function refusalOf(wrong: Partial<EventContract<string, Ping>>): InvalidContractError {
  try {
    defineEvent({ ...sound, ...wrong });
  } catch (error) {
    if (error instanceof InvalidContractError) return error;
    throw error;
  }
  throw new Error('the contract was taken');
}

test('a sound contract is taken as it is, and cannot be changed any more', () => {
  const contract = defineEvent(sound);
  expect(contract).toEqual(sound);
  expect(Object.isFrozen(contract)).toBe(true);
});

test.each([
  [
    'a type without a version',
    { type: 'test.sagaline.pings.pinged' },
    /its type is not of the form <prefix>\.<context>\.<fact>\.v<major>/,
  ],
  [
    'a value without bounds',
    { schema: z.strictObject({ pingId: z.string() }) },
    /^data\.pingId: no maximum length$/,
  ],
  [
    'an object that takes unknown fields',
    { schema: z.object({ pingId: z.string().max(64) }) },
    /^data: not a strict object$/,
  ],
  ['an example that does not fit', { example: { pingId: '' } }, /^example\.pingId: /],
  [
    'an example whose key is none',
    { example: { pingId: 'p.1' } },
    /the example's correlation key is not 1 to/,
  ],
  [
    'an upcast of another event',
    { upcast: { from: 'test.sagaline.pings.ponged.v1', data: (older: unknown) => older } },
    /it upcasts from test\.sagaline\.pings\.ponged\.v1, which is not the version before it/,
  ],
  [
    'an upcast of itself',
    { upcast: { from: sound.type, data: (older: unknown) => older } },
    /which is not the version before it/,
  ],
  [
    'an upcast over two versions',
    {
      type: 'test.sagaline.pings.pinged.v3',
      upcast: { from: 'test.sagaline.pings.pinged.v1', data: (older: unknown) => older },
    },
    /which is not the version before it/,
  ],
  [
    'an upcast of what is no type',
    { upcast: { from: 'v1', data: (older: unknown) => older } },
    /it upcasts from v1, which/,
  ],
] as const)('%s is refused by name', (_, wrong, expected) => {
  const refusal = refusalOf(wrong);
  expect(refusal.problems).toEqual([expect.stringMatching(expected)]);
  expect(refusal.eventType).toBe('type' in wrong ? wrong.type : sound.type);
});

describe('what the types refuse is refused by name where no compiler runs', () => {
  test.each<[string, object, RegExp]>([
    ['no type', { type: undefined }, /^its type must be a text that is not empty$/],
    ['no entity', { entity: '' }, /^its entity must be a text/],
    ['no summary', { summary: undefined }, /^its summary must be a text/],
    ['no schema', { schema: undefined }, /^its schema must be one of zod/],
    ['an object as schema', { schema: { pingId: 'string' } }, /^its schema must be one of zod/],
    ['no key', { key: undefined }, /^its key must be a function of the data/],
    [
      'a key that throws',
      { key: (data: { other: { id: string } }) => data.other.id },
      /^its key cannot be made of the example: Cannot read/,
    ],
    ['a key that is none', { key: () => undefined }, /^the example's correlation key is not 1 to/],
    ['unknown fields that are kept', { unknownFields: 'kept' }, /^its unknownFields can only be/],
    ['an upcast from nothing', { upcast: { data: () => 1 } }, /^its upcast must be \{ from, data \}/],
    [
      'an upcast without code',
      { upcast: { from: 'test.sagaline.pings.pinged.v1' } },
      /^its upcast must be \{ from, data \}/,
    ],
  ])('%s', (_, wrong, expected) => {
    expect(refusalOf(wrong as never).problems).toEqual([expect.stringMatching(expected)]);
  });
});

test('everything that is wrong is named at once, in the message too', () => {
  const refusal = refusalOf({
    type: 'pinged',
    schema: z.object({ pingId: z.string() }),
    example: { pingId: ' ' },
  });
  expect(refusal.problems).toHaveLength(4);
  for (const problem of ['pinged', ...refusal.problems]) expect(refusal.message).toContain(problem);
});

test('data that JSON cannot carry is refused by the name of its event', () => {
  const at = z.strictObject({ pingId: z.string().max(64), at: z.date() });
  const dated = { ...sound, schema: at, example: { pingId: 'p-1', at: new Date(0) } };
  expect(() => defineEvent(dated)).toThrow(InvalidContractError);
  expect(() => defineEvent(dated)).toThrow(sound.type);
});

describe('the identity of an event', () => {
  const id = fc.string({ minLength: 1, maxLength: 20 });
  // The envelope refuses a source with white space in it (decode.test.ts): that is what keeps the two texts apart.
  const source = id.filter((text) => !/\s/.test(text));

  test('differs wherever source or id differ', () => {
    const pair = fc.record({ source, id });
    fc.assert(
      fc.property(pair, pair, (one, other) => {
        const same = one.source === other.source && one.id === other.id;
        expect(identityOf(one) === identityOf(other)).toBe(same);
      }),
      {
        examples: [
          [
            { source: 'a', id: 'b c' },
            { source: 'a', id: 'b  c' },
          ],
        ],
      },
    );
  });
});
