import { z } from 'zod';
import type { EventContract } from '../../../../src/contracts';
import {
  defineEvent,
  encodeEvent,
  InvalidContractError,
  isSealed,
  newEvent,
  personal,
  personalPaths,
  readData,
  sealedForAnother,
  sealedIn,
  sealedOr,
} from '../../../../src/contracts';

/** A text of the right form; what it holds does not matter here. */
const sealed = (tag = 't'.repeat(22)) =>
  `sealed.v1.0f8fad5b-d9cb-469f-a165-70867728950e.${tag}.${'b'.repeat(60)}`;

const text = z.string().max(20);
const place = z.strictObject({ street: text, flat: text.optional() });
const example = { guestId: 'g-1', name: 'Ada', place: { street: 'Am Wall 1' }, nights: 2 };
const base = {
  type: 'test.hotel.bookings.booked.v1',
  entity: 'booking',
  summary: 'A guest has booked.',
  key: ({ guestId }: { guestId: string }) => guestId,
} as const;
const schema = z.strictObject({
  guestId: text,
  name: personal(text),
  place: personal(place).optional(),
  nights: z.int().min(1).max(9),
});
const booked = defineEvent({ ...base, schema, subject: ({ guestId }) => guestId, example });

describe('a contract with personal fields', () => {
  test('knows their paths, also of optional ones', () => {
    expect(personalPaths(schema)).toEqual([['name'], ['place']]);
  });

  test('takes data in clear, and checks it as any other', () => {
    expect(readData(booked, example)).toMatchObject({ ok: true, data: example });
    expect(readData(booked, { ...example, name: 'x'.repeat(21) })).toMatchObject({
      ok: false,
      rejection: { reason: 'invalid-data', path: 'data.name' },
    });
  });

  test('takes what is encrypted as it is, and checks the rest', () => {
    const stored = { ...example, name: sealed(), place: sealed() };
    expect(readData(booked, stored)).toMatchObject({ ok: true, data: stored });
    expect(readData(booked, { ...stored, nights: 0 })).toMatchObject({
      ok: false,
      rejection: { path: 'data.nights' },
    });
    const [event] = [newEvent(booked, { id: '1', data: stored as never })];
    const { body } = encodeEvent(event, { source: '/test' });
    expect(JSON.parse(Buffer.from(body).toString())).toMatchObject({ data: stored });
  });

  test('takes it only where a field is personal', () => {
    expect(readData(booked, { ...example, nights: sealed() })).toMatchObject({ ok: false });
    // A text of 20 characters.
    expect(readData(booked, { ...example, guestId: sealed() })).toMatchObject({ ok: false });
  });

  test('a value that was copied from another data subject is refused', () => {
    const hash = (of: string) => (of.endsWith('\ng-1') ? 'o' : 'x').repeat(22);
    const own = { ...example, name: sealed('o'.repeat(22)) };
    const copied = { ...example, place: sealed('x'.repeat(22)) };
    expect(sealedForAnother(booked as EventContract, own, hash)).toBeUndefined();
    expect(sealedForAnother(booked as EventContract, copied, hash)).toMatchObject({ path: 'data.place' });
  });
});

describe('a contract is refused', () => {
  const problemsOf = (contract: object) => {
    try {
      defineEvent(contract as Parameters<typeof defineEvent>[0]);
    } catch (error) {
      if (error instanceof InvalidContractError) return error.problems;
    }
    return [];
  };
  const subject = ({ guestId }: { guestId: string }) => guestId;
  test.each<[string, object, string]>([
    ['with a personal field and nobody whose it is', { schema }, 'its name, place is personal'],
    [
      'with a data subject and no personal field',
      { schema: schema.omit({ name: true, place: true }).extend({ name: text, place }), subject },
      'no field of its schema is personal',
    ],
    [
      'whose example lacks a personal field',
      { schema, subject, example: { ...example, place: undefined } },
      'data.place is personal and missing',
    ],
    [
      'whose subject is personal itself',
      { schema, subject: ({ name }: { name: string }) => name },
      'its subject is made of a personal field',
    ],
    [
      'whose key is personal',
      { schema, subject, key: ({ name }: { name: string }) => name },
      'its key is made of a personal field',
    ],
    [
      'whose subject is no text',
      { schema, subject: () => undefined },
      'its subject of the example is not a text',
    ],
    [
      'with a personal part of a list',
      {
        schema: schema.extend({ all: z.array(personal(text)).max(2) }),
        subject,
        example: { ...example, all: [] },
      },
      'mark the whole list',
    ],
  ])('%s', (_, parts, problem) => {
    expect(problemsOf({ ...base, example, ...parts }).join()).toContain(problem);
  });
});

test('the input of an activity may be encrypted, or valid', () => {
  const input = sealedOr(text);
  expect([sealed(), 'Ada', 'x'.repeat(21), 7].map((value) => input.safeParse(value).success)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test('what has the form is recognised, at any depth', () => {
  expect(isSealed(sealed())).toBe(true);
  expect([`${sealed()} `, `x${sealed()}`, 'sealed.v1', 7].filter(isSealed)).toEqual([]);
  expect(sealedIn({ a: [{ b: sealed() }], c: 'clear' })).toEqual([sealed()]);
});
