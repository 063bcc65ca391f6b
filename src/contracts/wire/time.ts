import { z } from 'zod';

/**
 * Timestamps of RFC 3339 in a form that every store accepts. The RFC allows what PostgreSQL and JavaScript refuse:
 * offsets from ±16:00 on, the year 0000, leap seconds. A timestamp is one instant, so a form that would be refused is
 * rewritten in UTC.
 */

const RFC_3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2})(?::(\d{2})(\.\d{1,40})?)?(?:([Zz])|([+-])(\d{2}):(\d{2}))$/;
/** The longest timestamp that is read; PostgreSQL keeps microseconds, Go writes nanoseconds. */
const MAX_TIMESTAMP = 64;
const MAX_FRACTION_DIGITS = 9;
/** PostgreSQL 18 refuses this offset and those beyond it. */
const FIRST_OFFSET_REFUSED = 16 * 60;
const MINUTE_MS = 60_000;

export type TimestampReading =
  { readonly ok: true; readonly time: string } | { readonly ok: false; readonly problem: string };

/**
 * Reads a timestamp of RFC 3339, and writes it in a form that every store accepts: unchanged if it is plain,
 * otherwise in UTC with at most nine fractional digits. A leap second becomes the second after it; absent seconds are
 * `:00`.
 *
 * @example readTimestamp('2026-11-21T10:00:00+16:00') // { ok: true, time: '2026-11-20T18:00:00Z' }
 */
export function readTimestamp(text: string): TimestampReading {
  const match = text.length <= MAX_TIMESTAMP ? RFC_3339.exec(text) : null;
  if (!match) return refuse('must be a timestamp of RFC 3339, such as 2026-01-31T12:00:00Z');
  const [, years, months, days, hours, minutes, seconds = '00', fraction = '', , sign = '+'] = match;
  const [year, month, day] = [Number(years), Number(months), Number(days)];
  const [hour, minute, second] = [Number(hours), Number(minutes), Number(seconds)];
  const [offsetHours, offsetMinutes] = [Number(match[10] ?? 0), Number(match[11] ?? 0)];
  if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month))
    return refuse('names no day of the calendar');
  if (hour > 23 || minute > 59 || second > 60) return refuse('names no time of a day');
  if (offsetHours > 23 || offsetMinutes > 59) return refuse('has an offset that is no time of a day');

  const offset = (sign === '-' ? -1 : 1) * (offsetHours * 60 + offsetMinutes);
  const instant = new Date(0);
  instant.setUTCFullYear(year, month - 1, day);
  instant.setUTCHours(hour, minute, Math.min(second, 59));
  instant.setTime(instant.getTime() - offset * MINUTE_MS);
  if (second === 60 && !(instant.getUTCHours() === 23 && instant.getUTCMinutes() === 59)) {
    return refuse('has a leap second, which is 23:59:60 in UTC only');
  }
  if (second === 60) instant.setTime(instant.getTime() + 1_000);
  if (instant.getUTCFullYear() < 1 || instant.getUTCFullYear() > 9_999) {
    return refuse('must be of the years 0001 to 9999 in UTC');
  }
  const isPlain =
    text === text.toUpperCase() &&
    match[6] !== undefined &&
    second < 60 &&
    fraction.length <= 1 + MAX_FRACTION_DIGITS &&
    Math.abs(offset) < FIRST_OFFSET_REFUSED &&
    !text.endsWith('-00:00');
  if (isPlain) return { ok: true, time: text };
  const kept = second === 60 ? '' : fraction.slice(0, 1 + MAX_FRACTION_DIGITS);
  return { ok: true, time: `${instant.toISOString().slice(0, 19)}${kept}Z` };
}

/**
 * Schema of a timestamp, for the data of events and of webhooks. Its output is storable.
 *
 * @example z.strictObject({ viewedAt: timestamp })
 */
export const timestamp = z
  .string()
  .max(MAX_TIMESTAMP)
  .transform((text, context) => {
    const reading = readTimestamp(text);
    if (reading.ok) return reading.time;
    context.addIssue({ code: 'custom', message: reading.problem, input: text });
    return z.NEVER;
  })
  .meta({ format: 'date-time', rules: ['must be of the years 0001 to 9999 in UTC'] });

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function refuse(problem: string): TimestampReading {
  return { ok: false, problem };
}
