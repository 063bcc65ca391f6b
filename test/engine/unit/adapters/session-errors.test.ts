import { DatabaseError } from 'pg';
import { leavesThePool, ReadOnlyError } from '../../../../src/adapters/postgres/session-errors';

function databaseError(code: string, severity = 'ERROR'): DatabaseError {
  return Object.assign(new DatabaseError('no', 0, 'error'), { code, severity });
}

test.each([
  ['25006', 'a read-only transaction', true],
  ['57P01', 'the server shuts down', true],
  ['57P02', 'the server has crashed', true],
  ['57P03', 'the server starts up', true],
  ['23505', 'a key that is there', false],
  ['57014', 'a statement that took too long', false],
  ['40P01', 'a deadlock', false],
])('%s, %s: its connection leaves the pool: %s', (code, _, leaves) => {
  expect(leavesThePool(databaseError(code))).toBe(leaves);
});

test.each(['FATAL', 'PANIC'])('so does one whose error is %s, whatever its code', (severity) => {
  expect(leavesThePool(databaseError('25P03', severity))).toBe(true);
});

test('only what PostgreSQL says counts', () => {
  expect(leavesThePool(new ReadOnlyError())).toBe(true);
  expect(leavesThePool(Object.assign(new Error('no'), { code: '25006' }))).toBe(false);
});
