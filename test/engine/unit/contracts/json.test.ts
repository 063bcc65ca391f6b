import fc from 'fast-check';
import { MAX_JSON_DEPTH, readJson } from '../../../../src/contracts';
import { bytesOf } from '../../../support/fakes/messages';

const read = (text: string) => readJson(bytesOf(text));
const rejectionOf = (bytes: Uint8Array) => {
  const reading = readJson(bytes);
  return reading.ok ? undefined : reading.rejection;
};
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

test('any JSON is read as JSON.parse reads it, unless a key in it is forbidden', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      const text = JSON.stringify(value);
      const reading = read(text);
      if (reading.ok) expect(reading.value).toEqual(JSON.parse(text));
      else expect(reading.rejection.reason).toBe('forbidden-key');
    }),
  );
});

describe('depth', () => {
  test('is allowed up to the limit, and not one level further', () => {
    expect(read(nested(MAX_JSON_DEPTH)).ok).toBe(true);
    expect(rejectionOf(bytesOf(nested(MAX_JSON_DEPTH + 1)))?.reason).toBe('too-deep');
  });

  test.each([
    ['arrays', nested(10_000)],
    ['objects', '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000)],
    ['arrays that nobody closes', '['.repeat(10_000)],
  ])('of 10,000 %s is refused before anything is parsed', (_, text) => {
    expect(rejectionOf(bytesOf(text))?.reason).toBe('too-deep');
  });

  test('is not that of brackets in strings', () => {
    const strings = ['['.repeat(100), '{'.repeat(100), '"[{'.repeat(100), '\\'.repeat(3) + '['.repeat(100)];
    expect(read(JSON.stringify(strings))).toEqual({ ok: true, value: strings });
  });

  test('counts again behind a string that ends with a backslash', () => {
    const text = `["\\\\", ${nested(MAX_JSON_DEPTH)}]`;
    expect(rejectionOf(bytesOf(text))?.reason).toBe('too-deep');
  });

  test('does not add up what stands side by side', () => {
    expect(read(`[${Array.from({ length: 100 }, () => '[[]]').join()}]`).ok).toBe(true);
  });
});

describe('a key that reaches for a prototype', () => {
  test.each([
    ['{"__proto__":{"admin":true}}', '__proto__'],
    ['{"data":{"lines":[{},{"constructor":1}]}}', 'data.lines[1].constructor'],
    ['[[{"prototype":null}]]', '[0][0].prototype'],
    ['{"\\u005f_proto__":1}', '__proto__'],
    ['{"__proto__":1,"__proto__":2}', '__proto__'],
    [`${'{"a":'.repeat(30)}{"constructor":1}${'}'.repeat(30)}`, `${'a.'.repeat(30)}constructor`],
  ])('is refused with its place: %s', (text, path) => {
    expect(rejectionOf(bytesOf(text))).toMatchObject({ reason: 'forbidden-key', path });
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test('may be a value', () => {
    const value = { name: 'constructor', list: ['__proto__', 'prototype'] };
    expect(read(JSON.stringify(value))).toEqual({ ok: true, value });
  });
});

describe('what is not JSON in UTF-8', () => {
  test.each([
    ['nothing', []],
    ['a byte that UTF-8 does not have', [0x22, 0xff, 0x22]],
    ['a sequence that is cut', [0x22, 0xe2, 0x82, 0x22]],
    ['an overlong slash', [0x22, 0xc0, 0xaf, 0x22]],
    ['half of a surrogate pair', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['UTF-16', [0xff, 0xfe, 0x31, 0x00]],
    ['JSON with something behind it', [...bytesOf('{} x')]],
    ['a trailing comma', [...bytesOf('[1,]')]],
    ['NaN', [...bytesOf('NaN')]],
  ])('is refused: %s', (_, bytes) => {
    expect(rejectionOf(Uint8Array.from(bytes))?.reason).toBe('not-json');
  });
});

test('of a key that stands twice the last one counts', () => {
  expect(read('{"a":{"__proto__":1},"a":2}')).toEqual({ ok: true, value: { a: 2 } });
});
