import { identityOf, isExpired, isSameContent, memoryOf, readMemory } from '../../../../src/contracts';

test('a workflow remembers identity and content, and reads what it has remembered', () => {
  const identity = identityOf({ source: '/shop', id: 'a b' });
  expect(readMemory(memoryOf(identity, 'hash'))).toEqual([identity, 'hash']);
  expect(readMemory(memoryOf(identity, undefined))).toEqual([identity, undefined]);
});

test.each([
  ['a', 'a', true],
  ['a', 'b', false],
  [undefined, 'b', true],
  ['a', undefined, true],
])('contents %s and %s are the same: %s', (one, other, same) => expect(isSameContent(one, other)).toBe(same));

test.each([
  [undefined, false],
  ['2026-01-01T00:00:00Z', true],
  ['2026-01-01T01:00:00+01:00', true],
  ['2026-01-01T00:00:00.001Z', false],
])('at midnight an event that lives until %s is expired: %s', (expiryTime, expired) =>
  expect(isExpired({ expiryTime }, Date.parse('2026-01-01T00:00:00Z'))).toBe(expired),
);

test('a line feed in an id or source does not end the identity that a workflow remembers', () => {
  for (const event of [
    { source: '/web', id: 'a%0Ab' },
    { source: '/web%0Ashop', id: 'a' },
  ]) {
    const identity = identityOf(event);
    expect(readMemory(memoryOf(identity, 'hash'))).toEqual([identity, 'hash']);
    expect(identity).not.toBe(identityOf({ source: '/web', id: 'a' }));
  }
});
