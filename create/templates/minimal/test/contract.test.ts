import { bookingRequested } from '../domains/hotel/events';

test('a booking has at least one night, and a key', () => {
  const { schema, key, example } = bookingRequested;
  expect(key(example)).toBe('b-1');
  expect(schema.safeParse({ ...example, nights: 0 }).success).toBe(false);
  expect(schema.safeParse({ ...example, bookingId: 'with space' }).success).toBe(false);
});
