import { z } from 'zod';
import { readTimestamp, timestamp } from '../../../../src/contracts';
import { unboundedPlaces } from '../../../../src/contracts/model/bounds';

test.each([
  '2026-11-21T10:00:00Z',
  '2026-11-21T10:00:00.123456789+05:30',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59+15:59',
  '2024-02-29T23:59:59-15:59',
])('%s is plain, and stays as it is', (text) =>
  expect(readTimestamp(text)).toEqual({ ok: true, time: text }),
);

test.each([
  ['an offset from 16:00 on', '2026-11-21T10:00:00+16:00', '2026-11-20T18:00:00Z'],
  ['the widest offset', '2026-11-21T10:00:00-23:59', '2026-11-22T09:59:00Z'],
  ['lower-case letters', '2026-11-21t10:00:00.5z', '2026-11-21T10:00:00.5Z'],
  ['an unknown offset', '2026-11-21T10:00:00-00:00', '2026-11-21T10:00:00Z'],
  ['a leap second', '2016-12-31T23:59:60Z', '2017-01-01T00:00:00Z'],
  ['a leap second elsewhere', '2016-12-31T18:59:60.25-05:00', '2017-01-01T00:00:00Z'],
  ['digits beyond nanoseconds', '2026-11-21T10:00:00.1234567891234Z', '2026-11-21T10:00:00.123456789Z'],
  ['no seconds', '2026-11-21T10:00Z', '2026-11-21T10:00:00Z'],
])('%s is written anew', (_, text, time) => {
  expect(readTimestamp(text)).toEqual({ ok: true, time });
  // What is written is plain: reading it again changes nothing.
  expect(readTimestamp(time)).toEqual({ ok: true, time });
});

test.each([
  ['the year 0000', '0000-01-01T00:00:00Z'],
  ['a year that is 0000 in UTC', '0001-01-01T00:00:00+01:00'],
  ['a year beyond four digits in UTC', '9999-12-31T23:59:59-01:00'],
  ['five digits', '12026-01-01T00:00:00Z'],
  ['no zone', '2026-01-01T00:00:00'],
  ['a space', '2026-01-01 00:00:00Z'],
  ['a day that is none', '2026-02-29T00:00:00Z'],
  ['a month that is none', '2026-13-01T00:00:00Z'],
  ['an hour that is none', '2026-01-01T24:00:00Z'],
  ['a second that is no leap second', '2026-01-01T12:00:60Z'],
  ['an offset that is none', '2026-01-01T00:00:00+24:00'],
  ['words', 'yesterday'],
  ['more than a timestamp', `2026-01-01T00:00:00.${'0'.repeat(60)}Z`],
])('%s is refused', (_, text) => {
  expect(readTimestamp(text)).toEqual({ ok: false, problem: expect.stringMatching(/./) });
  expect(timestamp.safeParse(text).success).toBe(false);
});

test('as a field of data it is bounded, and comes out storable', () => {
  const schema = z.strictObject({ at: timestamp });
  expect(unboundedPlaces(schema)).toEqual([]);
  expect(schema.parse({ at: '2026-11-21T10:00:00+16:00' })).toEqual({ at: '2026-11-20T18:00:00Z' });
});
