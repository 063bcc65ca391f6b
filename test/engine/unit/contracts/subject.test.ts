import fc from 'fast-check';
import {
  eventFamily,
  isCorrelationKey,
  MAX_EVENT_TYPE_LENGTH,
  originalSubject,
  parseEventType,
  parseSubject,
  subjectOf,
  subjectSpaceOf,
} from '../../../../src/contracts';

describe('the type of an event', () => {
  test('has a prefix of any depth, a context, a fact and a major version', () => {
    expect(parseEventType('dev.sagaline.shop.orders.stock-reserved.v12')).toEqual({
      prefix: 'dev.sagaline.shop',
      context: 'orders',
      fact: 'stock-reserved',
      major: 12,
    });
    expect(parseEventType('a.b.c.v1')).toEqual({ prefix: 'a', context: 'b', fact: 'c', major: 1 });
  });

  test.each([
    ['no prefix', 'orders.submitted.v1'],
    ['no version', 'shop.orders.submitted'],
    ['version 0', 'shop.orders.submitted.v0'],
    ['a version with a leading zero', 'shop.orders.submitted.v01'],
    ['a version of five digits', 'shop.orders.submitted.v10000'],
    ['a minor version', 'shop.orders.submitted.v1.2'],
    ['capitals', 'shop.Orders.submitted.v1'],
    ['an empty token', 'shop..orders.submitted.v1'],
    ['a wildcard', 'shop.*.submitted.v1'],
    ['a digit in front', 'shop.orders.1submitted.v1'],
    ['a line break behind', 'shop.orders.submitted.v1\n'],
    ['nothing at all', ''],
  ])('is refused with %s', (_, type) => expect(parseEventType(type)).toBeUndefined());

  test('has a longest length', () => {
    const ofLength = (length: number) =>
      `${'a'.repeat(length - '.orders.submitted.v1'.length)}.orders.submitted.v1`;
    expect(parseEventType(ofLength(MAX_EVENT_TYPE_LENGTH))).toBeDefined();
    expect(parseEventType(ofLength(MAX_EVENT_TYPE_LENGTH + 1))).toBeUndefined();
  });

  test('belongs to one family in all versions', () => {
    const families = ['shop.orders.submitted.v1', 'shop.orders.submitted.v2'].map((type) => {
      const parsed = parseEventType(type);
      return parsed && eventFamily(parsed);
    });
    expect(families).toEqual(['shop.orders.submitted', 'shop.orders.submitted']);
  });
});

describe('the subject of an event', () => {
  const token = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/);
  const type = fc.record({
    prefix: token,
    context: token,
    fact: token,
    major: fc.integer({ min: 1, max: 9_999 }),
  });
  const key = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);

  test('says what its type and key are', () => {
    fc.assert(
      fc.property(type, key, (parts, correlationKey) => {
        const { context, fact, major } = parts;
        const subject = subjectOf(parts, correlationKey);
        expect(parseSubject(subject)).toEqual({ context, fact, version: `v${major}`, key: correlationKey });
        expect(subject).toBe(
          `${subjectSpaceOf(`${parts.prefix}.${context}.${fact}.v${major}`)}.${correlationKey}`,
        );
      }),
    );
  });

  test('is found again in the one under which the stream stores it', () => {
    fc.assert(
      fc.property(type, key, fc.nat(63), (parts, correlationKey, partition) => {
        const subject = subjectOf(parts, correlationKey);
        expect(originalSubject(subject.replace(/^evt/, `p.${partition % 8}.${partition}`))).toBe(subject);
        expect(originalSubject(subject)).toBe(subject);
      }),
    );
  });

  test.each(['evt.orders.submitted.v1', 'evt.orders.submitted.v1.k.more', 'dlq.orders.submitted.v1.k', ''])(
    'is not "%s"',
    (subject) => expect(parseSubject(subject)).toBeUndefined(),
  );

  test('cannot be made of what is no type', () => {
    expect(() => subjectSpaceOf('orders.submitted')).toThrow(TypeError);
  });
});

describe('a correlation key', () => {
  test.each(['a', 'order-1001', 'A_b-9', 'x'.repeat(64)])('is "%s"', (text) =>
    expect(isCorrelationKey(text)).toBe(true),
  );
  test.each(['', 'x'.repeat(65), 'a.b', 'a b', 'a*', '>', 'ä', 'a\n', 'a/b'])('is not "%s"', (text) =>
    expect(isCorrelationKey(text)).toBe(false),
  );
});
