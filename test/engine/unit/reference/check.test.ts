// Which changes of a published contract are breaking: each kind, with its place and the remedy.
import { z } from 'zod';
import type { EventContract } from '../../../../src/contracts';
import { createCatalogue, defineDomain, defineEvent } from '../../../../src/contracts';
import type { ContractChange } from '../../../../src/reference';
import { acceptedLock, contractChanges, EMPTY_LOCK } from '../../../../src/reference';

const TYPE = 'dev.test.things.made.v1';
const text = z.string().min(1).max(20);
const line = z.strictObject({ sku: text.regex(/^[a-z]+$/), quantity: z.int().min(1).max(9) });
const published = z.strictObject({
  thingId: text,
  otherId: text,
  note: text.optional(),
  colour: z.enum(['red', 'green']),
  weight: z.number().min(0).max(9),
  lines: z.array(line).min(1).max(5),
  by: z.union([z.strictObject({ card: text }), z.strictObject({ iban: text })]),
});
/** Without the type of its data: a change has another one. */
const anything: z.ZodType = published;
const example = {
  ...{ thingId: 't-1', otherId: 'o-1', colour: 'red', weight: 1, lines: [{ sku: 'a', quantity: 1 }] },
  by: { card: 'visa' },
};
type Parts = Partial<Pick<EventContract, 'unknownFields' | 'type' | 'upcast'>> & {
  readonly schema?: z.ZodType;
  readonly key?: (data: never) => string;
  readonly example?: object;
};

function catalogueOf(...contracts: readonly Parts[]) {
  const events = contracts.map((parts) =>
    defineEvent({
      ...{
        type: TYPE,
        entity: 'thing',
        summary: 'A thing was made.',
        schema: anything,
        example,
      },
      key: (data: unknown) => (data as typeof example).thingId,
      ...(parts as object),
    }),
  );
  return createCatalogue([defineDomain({ name: 'things', events, workflows: [], routes: [], webhooks: [] })]);
}
const accepted = (...contracts: readonly Parts[]) =>
  acceptedLock(catalogueOf(...contracts), EMPTY_LOCK, new Set());
const lock = accepted({});
const changes = (now: Parts, before = lock) => contractChanges(catalogueOf(now), before);
const withLines = (made: z.ZodType) =>
  published.extend({
    lines: z
      .array(made as typeof line)
      .min(1)
      .max(5),
  });
const withoutNote = published.omit({ note: true });

const BREAKING: readonly [string, Parts, string, RegExp][] = [
  ['a field is gone', { schema: withoutNote }, 'data.note', /is gone/],
  [
    'a field of a list is gone',
    { schema: withLines(line.omit({ quantity: true })), example: { ...example, lines: [{ sku: 'a' }] } },
    'data.lines[].quantity',
    /is gone/,
  ],
  [
    'a new field is required',
    { schema: published.extend({ size: text }), example: { ...example, size: 's' } },
    'data.size',
    /new, and required/,
  ],
  [
    'an optional field is required',
    { schema: published.extend({ note: text }), example: { ...example, note: 'n' } },
    'data.note',
    /was optional, and is required/,
  ],
  [
    'another type',
    { schema: published.extend({ weight: text }), example: { ...example, weight: '1' } },
    'data.weight',
    /type was number, and is string/,
  ],
  [
    'whole numbers only',
    { schema: published.extend({ weight: z.int().min(0).max(9) }) },
    'data.weight',
    /type was/,
  ],
  [
    'a value is gone',
    { schema: published.extend({ colour: z.enum(['red']) }) },
    'data.colour',
    /"green" is gone/,
  ],
  [
    'a text has values',
    { schema: published.extend({ otherId: z.enum(['o-1']) }) },
    'data.otherId',
    /these values only/,
  ],
  [
    'a lower maximum',
    { schema: withLines(line.extend({ quantity: z.int().min(1).max(8) })) },
    'data.lines[].quantity',
    /maximum was 9, and is 8/,
  ],
  [
    'a higher minimum',
    { schema: published.extend({ weight: z.number().min(1).max(9) }) },
    'data.weight',
    /minimum was 0, and is 1/,
  ],
  [
    'a shorter text',
    { schema: published.extend({ otherId: text.max(19) }) },
    'data.otherId',
    /maxLength was 20, and is 19/,
  ],
  [
    'a shorter list',
    { schema: published.extend({ lines: z.array(line).min(1).max(4) }) },
    'data.lines',
    /maxItems was 5/,
  ],
  [
    'another pattern',
    { schema: withLines(line.extend({ sku: text.regex(/^[a-y]+$/) })) },
    'data.lines[].sku',
    /pattern was/,
  ],
  [
    'a pattern',
    { schema: published.extend({ otherId: text.regex(/^o/) }) },
    'data.otherId',
    /pattern was not set/,
  ],
  [
    'a shape is gone',
    { schema: published.extend({ by: z.strictObject({ card: text }) }) },
    'data.by',
    /a shape is gone \(data.by.iban: the field is gone, data.by.card/,
  ],
  [
    'a narrower shape',
    {
      schema: published.extend({
        by: z.union([z.strictObject({ card: text }), z.strictObject({ iban: text.max(9) })]),
      }),
    },
    'data.by.iban',
    /maxLength was 20, and is 9/,
  ],
  [
    'a rule in code',
    { schema: published.extend({ otherId: text.refine(() => true, 'must be known') }) },
    'data.otherId',
    /a rule in code is new: must be known/,
  ],
  [
    'a rule in code without words',
    { schema: published.superRefine(() => undefined) },
    'data',
    /a rule in code is new/,
  ],
  [
    'another key',
    { key: ({ otherId }: typeof example) => otherId },
    'key',
    /was data.thingId, and is data.otherId/,
  ],
  [
    'a key that is computed',
    { key: ({ thingId }: typeof example) => `x-${thingId}` },
    'key',
    /was data.thingId, and is computed/,
  ],
  [
    'unknown fields are refused',
    { unknownFields: 'refused' },
    'unknownFields',
    /were left out, and are refused/,
  ],
];

test.each(BREAKING)('breaking: %s', (_, now, path, what) => {
  const found = changes(now).filter(({ kind }) => kind === 'breaking');
  expect(found).toEqual([
    {
      ...{ kind: 'breaking', type: TYPE, path, what: expect.stringMatching(what) },
      remedy: expect.stringContaining('dev.test.things.made.v2 with an upcast'),
    },
  ] satisfies ContractChange[]);
});

test('breaking: a rule whose words have not changed refuses the published example', () => {
  const rule = (isFine: boolean) => published.refine(() => isFine, 'must be fine');
  const other = { ...example, note: 'n' };
  const picky = published.refine((data) => data.note !== undefined, 'must be fine');
  expect(changes({ schema: picky, example: other }, accepted({ schema: rule(true) }))).toMatchObject([
    { kind: 'breaking', what: 'the published example is refused: must be fine' },
  ]);
});

test('breaking: a computed key that comes out otherwise', () => {
  const upper = (prefix: string) => ({ key: ({ thingId }: typeof example) => `${prefix}${thingId}` });
  expect(changes(upper('b-'), accepted(upper('a-')))).toMatchObject([
    { kind: 'breaking', path: 'key', what: 'the published example had the key a-t-1' },
  ]);
});

test('breaking: another subject, and a version that is gone', () => {
  const [published = lock.contracts[TYPE]] = Object.values(lock.contracts);
  if (!published) throw new Error('it is locked');
  const moved = { contracts: { [TYPE]: { ...published, subject: 'evt.things.built.v1.{key}' } } };
  expect(changes({}, moved)).toMatchObject([{ kind: 'breaking', what: expect.stringContaining('subject') }]);
  const other = { contracts: { ...lock.contracts, 'dev.test.things.lost.v1': published } };
  expect(changes({}, other)).toMatchObject([
    { kind: 'breaking', type: 'dev.test.things.lost.v1', what: 'a published version is gone' },
  ]);
});

const COMPATIBLE: readonly [string, Parts][] = [
  ['nothing', {}],
  [
    'an optional field',
    { schema: published.extend({ size: text.refine(() => true, 'must be known').optional() }) },
  ],
  ['an optional field in a list', { schema: withLines(line.extend({ size: text.optional() })) }],
  ['another value', { schema: published.extend({ colour: z.enum(['red', 'green', 'blue']) }) }],
  ['any text', { schema: published.extend({ colour: text }) }],
  ['a higher maximum', { schema: published.extend({ weight: z.number().min(-1).max(10) }) }],
  ['no pattern', { schema: withLines(line.extend({ sku: text })) }],
  ['a required field that is optional', { schema: published.extend({ otherId: text.optional() }) }],
  ['numbers for whole ones', { schema: withLines(line.extend({ quantity: z.number().min(1).max(9) })) }],
  [
    'another shape',
    {
      schema: published.extend({
        by: z.union([
          z.strictObject({ cash: text }),
          z.strictObject({ iban: text }),
          z.strictObject({ card: text }),
        ]),
      }),
    },
  ],
  ['other words', { schema: published.extend({ otherId: text.describe('Another.') }) }],
];

test.each(COMPATIBLE)('compatible: %s', (_, now) => {
  expect(changes(now).filter(({ kind }) => kind !== 'compatible')).toEqual([]);
});

test('refused no more is compatible, and a rule that goes', () => {
  const before = accepted({ unknownFields: 'refused', schema: published.refine(() => true, 'must be fine') });
  expect(changes({}, before).filter(({ kind }) => kind !== 'compatible')).toEqual([]);
});

test('an optional field wants to be accepted where unknown fields are refused', () => {
  const before = accepted({ unknownFields: 'refused' });
  const now: Parts = { unknownFields: 'refused', schema: published.extend({ size: text.optional() }) };
  expect(changes(now, before)).toEqual([
    {
      ...{ kind: 'unrecorded', type: TYPE, path: 'data.size', what: 'the field is new, and optional' },
      remedy: expect.stringContaining('release it before anybody sends the field'),
    },
  ]);
  expect(changes(now, acceptedLock(catalogueOf(now), before, new Set()))).toEqual([]);
});

test('a new version wants to be accepted; accepting takes nothing that is breaking', () => {
  const next: Parts = {
    ...{ type: 'dev.test.things.made.v2', upcast: { from: TYPE, data: (older: unknown) => older } },
  };
  const broken: Parts = { schema: withoutNote };
  const catalogue = catalogueOf(broken, next);
  expect(contractChanges(catalogue, lock)).toMatchObject([
    { kind: 'breaking', type: TYPE },
    { kind: 'unrecorded', type: 'dev.test.things.made.v2', what: 'is a new version' },
  ]);
  const after = acceptedLock(catalogue, lock, new Set());
  expect(after.contracts[TYPE]).toEqual(lock.contracts[TYPE]);
  expect(contractChanges(catalogue, after)).toMatchObject([{ kind: 'breaking', type: TYPE }]);
  expect(contractChanges(catalogue, acceptedLock(catalogue, lock, new Set([TYPE])))).toEqual([]);
});
