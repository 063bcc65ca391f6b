// A form made from a contract: its fields, and the data that it sends.
import { z } from 'zod';
import { viewerOf } from '../../../../src/console/server/viewer';
import { exampleWithKey, formFields } from '../../../../src/console/event-form/fields';
import { dataIn, textOf } from '../../../../src/console/event-form/values';
import { html } from '../../../../src/console/views/html';
import { chooseType, eventForm } from '../../../../src/console/views/test-event';
import { defineEvent, external, readData } from '../../../../src/contracts';
import { pinged } from '../../../support/ping/domain';
import { HOSTILE } from '../../../support/troubled-system';

const parcelPosted = defineEvent({
  type: 'test.sagaline.parcels.posted.v1',
  entity: 'parcel',
  summary: 'Somebody has posted a parcel.',
  origin: external('the tests'),
  schema: z.strictObject({
    parcelId: z.string().min(1).max(64),
    to: z.strictObject({ city: z.string().max(50), zip: z.string().max(10).optional() }),
    back: z.strictObject({ city: z.string().max(50) }).optional(),
    speed: z.enum(['slow', 'fast']),
    fragile: z.boolean(),
    grams: z.int().min(1).max(30_000),
    lines: z.array(z.strictObject({ sku: z.string().max(20) })).max(5),
    note: z.union([z.string().max(20), z.int().min(0).max(9)]).optional(),
  }),
  key: ({ parcelId }) => parcelId,
  example: {
    ...{ parcelId: 'p-1', to: { city: 'Rome' }, speed: 'fast' as const, fragile: false, grams: 300 },
    lines: [{ sku: 'cup' }],
  },
});
const fields = formFields(parcelPosted);
const example = Object.fromEntries(fields.map((field) => [field.name, textOf(field, field.example)]));
const VIEWER = viewerOf({ name: 'ada', verified: true }, ['operate'], { csrf: 'csrf' });

test('each value of the schema has a field of its kind, with what the contract says of it', () => {
  expect(fields.map(({ name, input, required }) => [name, input.kind, required])).toEqual([
    ['data.parcelId', 'text', true],
    ['data.to.city', 'text', true],
    ['data.to.zip', 'text', false],
    ['data.back.city', 'text', false],
    ['data.speed', 'choice', true],
    ['data.fragile', 'boolean', true],
    ['data.grams', 'number', true],
    ['data.lines', 'json', true],
    ['data.note', 'json', false],
  ]);
  expect(fields.find(({ name }) => name === 'data.grams')?.hints).toEqual(['integer', '1 to 30000']);
});

test('data that is no object with named fields is one field', () => {
  const counted = { ...parcelPosted, schema: z.int().min(0).max(9), example: 3 } as never;
  expect(formFields(counted)).toMatchObject([{ name: 'data', input: { kind: 'number' }, example: 3 }]);
  expect(dataIn(formFields(counted), { data: '4' })).toBe(4);
});

test('the example, as the form has it, is the example again', () => {
  expect(dataIn(fields, example)).toEqual(parcelPosted.example);
  expect(dataIn(formFields(pinged), { 'data.pingId': 'p-1', 'data.urgency': '3' })).toEqual(pinged.example);
});

test('what does not fit stays as it was entered, and the contract refuses it', () => {
  const data = dataIn(fields, {
    ...example,
    'data.grams': '3e',
    'data.fragile': 'perhaps',
    'data.speed': 'x',
  });
  expect(data).toMatchObject({ grams: '3e', fragile: 'perhaps', speed: 'x' });
  expect(readData(parcelPosted, data)).toMatchObject({ ok: false });
});

test('a list that is no JSON is refused with its path', async () => {
  const parsing = () => Promise.resolve().then(() => dataIn(fields, { ...example, 'data.lines': '[{' }));
  await expect(parsing()).rejects.toMatchObject({
    ...{ code: 'invalid-event', details: { path: 'data.lines' } },
  });
});

test('what was left empty was not given; a field that nobody declared is ignored', () => {
  const texts = { ...example, 'data.to.zip': '00100', 'data.back.city': '', 'data.other': 'x' };
  const data = dataIn(fields, texts) as { to: unknown };
  expect(data.to).toEqual({ city: 'Rome', zip: '00100' });
  expect(Object.keys(data)).not.toEqual(expect.arrayContaining(['back']));
  expect(Object.keys(data)).not.toEqual(expect.arrayContaining(['other']));
});

test('a fresh form has a key of its own, so that it reaches no process that is open already', () => {
  expect(exampleWithKey(parcelPosted, '4f1c')).toEqual({ ...parcelPosted.example, parcelId: 'test-4f1c' });
  const joined = { ...parcelPosted, key: ({ parcelId }: { parcelId: string }) => `k-${parcelId}` } as never;
  expect(exampleWithKey(joined, '4f1c')).toBe(parcelPosted.example);
});

test('the form marks the field that is wrong, asks for a reason, and hostile texts stay text', () => {
  const form = {
    ...{ contract: parcelPosted, fields, source: HOSTILE, id: 'i-1', reason: HOSTILE },
    texts: Object.fromEntries(fields.map(({ name }) => [name, HOSTILE])),
    refused: { message: HOSTILE, path: 'data.lines[0].sku' },
  };
  const shown = html`${eventForm(form, VIEWER)}`.toString();
  expect(shown.match(/aria-invalid="true"/g)).toHaveLength(1);
  expect(shown).toMatch(/<textarea id="data.lines"[^>]*aria-invalid="true"/);
  expect(shown).toMatch(/name="reason"[^>]*required/);
  expect(shown).not.toMatch(/<script|<img/);
  const reader = viewerOf({ name: 'rita', verified: true }, ['read'], { csrf: 'csrf' });
  expect(html`${eventForm(form, reader)}`.toString()).not.toContain('<form');
  expect(html`${chooseType([], undefined)}`.toString()).toContain('has no events');
});
