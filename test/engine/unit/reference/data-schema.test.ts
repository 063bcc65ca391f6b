// A contract as JSON Schema: nothing that the contract refuses is left out without a word.
import { z } from 'zod';
import { timestamp } from '../../../../src/contracts';
import { dataSchemaOf } from '../../../../src/reference/data-schema';

const text = z.string().max(10);
const of = (schema: z.ZodType, unknownFields?: 'refused') =>
  dataSchemaOf({ schema, ...(unknownFields && { unknownFields }) });

test('a refinement is told by its message, at its place', () => {
  const lines = z
    .array(z.strictObject({ sku: text.refine((sku) => sku !== 'x', 'must not be x') }))
    .max(3)
    .refine((all) => all.length !== 2, { message: 'must not be two' });
  const { schema, rules } = of(z.strictObject({ lines: lines.optional() }));
  expect(rules).toEqual([
    { path: 'data.lines', rule: 'must not be two' },
    { path: 'data.lines[].sku', rule: 'must not be x' },
  ]);
  expect(schema).toMatchObject({
    properties: {
      lines: {
        description: 'Checked by code: must not be two.',
        items: { properties: { sku: { description: 'Checked by code: must not be x.', maxLength: 10 } } },
      },
    },
  });
});

test('a rule without words says that there is one, and metadata puts it into words', () => {
  const checked = z.strictObject({ a: text }).superRefine(() => undefined);
  expect(of(checked).schema['description']).toBe(
    'Checked by code: has a rule in code that is not put into words.',
  );
  const named = checked.meta({ description: 'One dead letter.', rules: ['a must be a dead letter'] });
  expect(of(named)).toMatchObject({
    schema: { description: 'One dead letter. Checked by code: a must be a dead letter.' },
    rules: [{ path: 'data', rule: 'a must be a dead letter' }],
  });
  expect(JSON.stringify(of(named).schema)).not.toContain('"rules"');
});

test('a transformation may refuse, and says so; a timestamp is one of RFC 3339', () => {
  const upper = text.transform((given) => given.toUpperCase());
  const { schema, rules } = of(z.strictObject({ upper, at: timestamp }));
  expect(rules).toMatchObject([
    { path: 'data.upper', rule: expect.stringContaining('converted by code') },
    { path: 'data.at', rule: expect.stringContaining('0001 to 9999') },
  ]);
  expect(schema).toMatchObject({ properties: { at: { type: 'string', format: 'date-time' } } });
});

test('the same part in two places has its rules in both', () => {
  const part = z.strictObject({ a: text.refine(() => true, 'must be fine') });
  const { rules } = of(z.strictObject({ one: part, other: part.optional(), all: z.array(part).max(2) }));
  expect(rules.map(({ path }) => path)).toEqual(['data.one.a', 'data.other.a', 'data.all[].a']);
});

test('unknown fields are allowed where they are stripped, at every depth, and nowhere else', () => {
  const schema = z.strictObject({
    inner: z.union([z.strictObject({ a: text }), z.strictObject({ b: text })]),
  });
  expect(JSON.stringify(of(schema).schema)).not.toContain('additionalProperties');
  expect(JSON.stringify(of(schema, 'refused').schema).match(/"additionalProperties":false/g)).toHaveLength(3);
});
