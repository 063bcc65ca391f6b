// What strangers have written never moves a terminal's cursor, forges a line, or turns its neighbours round.
import fc from 'fast-check';
import { table } from '../../../../src/cli/table';
import { oneLine, visible } from '../../../../src/contracts';
import {
  eventEntry,
  timelineEntryOf,
  deadLetterEntry,
  operationEntry,
} from '../../../../src/operator/trace/timeline';

const FORGED = 'Paris\n2026-01-01T00:00:00.000Z  │ ✓ Take 0.00 EUR (capturePayment)';
const at = new Date(0);

test.each([
  ['\u001b[31m', '\\u001b[31m'],
  ['a\rb', 'a\\u000db'],
  ['\u009b2J', '\\u009b2J'],
  ['\u202egnp.exe', '\\u202egnp.exe'],
  ['\u2066x\u2069', '\\u2066x\\u2069'],
  ['a\u2028b', 'a\\u2028b'],
  ['\u200fx\u200e', '\\u200fx\\u200e'],
  ['\ufeffx', '\\ufeffx'],
  ['a\u200bb', 'a\\u200bb'],
  ['pay\u00adpal', 'pay\\u00adpal'],
  ['\u115fx\u3164', '\\u115fx\\u3164'],
  ['a\ufe0f', 'a\\ufe0f'],
  ['a\u{e0041}', 'a\\udb40\\udc41'],
  ['a\u{e0100}', 'a\\udb40\\udd00'],
  // What joins letters is not seen either: order-1 and order-\u200d1 are two orders.
  ['علی\u200cرضا', 'علی\\u200cرضا'],
  ['👩\u200d🚀', '👩\\u200d🚀'],
])('%j is written as its code', (text, shown) => {
  expect(visible(text)).toBe(shown);
  expect(oneLine(text)).toBe(shown);
});

test('any script stays', () => {
  for (const text of ['علی رضا', '👩 🚀', '山田 太郎', 'é', 'यादव']) expect(visible(text)).toBe(text);
});

test('every character that is not seen is written as its code, and JSON reads it back', () => {
  const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
  const all = Array.from({ length: 0x110000 }, (_, code) => String.fromCodePoint(code)).filter((each) =>
    unseen.test(each),
  );
  expect(all.length).toBeGreaterThan(4_000);
  for (const each of all) expect(oneLine(each)).toMatch(/^(\\[nt]|(\\u[0-9a-f]{4}){1,2})$/);
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom(...all), fc.string({ unit: 'binary' }))), (parts) => {
      const text = parts.join('').replace(/[\n\t]/g, '');
      expect(visible(text)).not.toMatch(unseen);
      expect(JSON.parse(visible(JSON.stringify(text)))).toBe(text);
    }),
  );
});

test('an activity whose summary repeats its name is named once', () => {
  const done = (summary: string) =>
    timelineEntryOf(
      'order-1',
      'run',
      { at, kind: 'done', activity: 'reserveStock', local: false, summary },
      '',
    ).text;
  expect(done('reserveStock')).toBe('│ ✓ reserveStock');
  expect(done('Reserve the stock')).toBe('│ ✓ Reserve the stock (reserveStock)');
});

test('line breaks stay in a text, and are written as codes in a line', () => {
  expect(visible('a\n\tb')).toBe('a\n\tb');
  expect(oneLine('a\n\tb')).toBe('a\\n\\tb');
});

test('a timeline has one line for each entry', () => {
  const entries = [
    timelineEntryOf(
      'w',
      'r',
      { kind: 'done', at, activity: 'createShipment', summary: FORGED, local: false } as never,
      '',
    ),
    timelineEntryOf(
      'w',
      'r',
      { kind: 'failed', at, activity: 'a', summary: 's', message: FORGED } as never,
      '',
    ),
    eventEntry({ storedAt: at, sequence: 1, subject: 'evt.orders.submitted.v1', redrive: FORGED }),
    deadLetterEntry({
      deadLetteredAt: '',
      sequence: 1,
      reason: 'late',
      detail: FORGED,
      state: 'open',
    } as never),
    operationEntry(1, { kind: 'discarded', at: '', by: FORGED, why: FORGED, n: 1 } as never),
  ];
  for (const { text } of entries) expect(oneLine(text)).not.toMatch(/[\n\r]/);
});

test('a table has one line for each row, whatever is in its cells', () => {
  const any = fc.string({ unit: 'binary', maxLength: 40 });
  fc.assert(
    fc.property(fc.array(fc.tuple(any, any), { maxLength: 5 }), (rows) => {
      const lines = table(['a', 'b'], rows).split('\n');
      expect(lines).toHaveLength(2 + rows.length);
      for (const line of lines)
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u);
    }),
  );
});
