import { DatabaseError } from 'pg';

/** Thrown by `databaseIsWritable` when a session takes no writes, so that its connection leaves the pool. */
export class ReadOnlyError extends Error {
  override readonly name = 'ReadOnlyError';
  constructor() {
    super('this PostgreSQL session takes no writes');
  }
}

/**
 * SQLSTATEs after which a connection must not be used, though it may still be open: after a fail-over an old session
 * can be read-only for ever (25006), and a server that shuts down answers 57P01 to 57P03.
 * https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
const LEAVES: ReadonlySet<string> = new Set(['25006', '57P01', '57P02', '57P03']);

/** Whether an error says that its connection must not be used again. */
export function leavesThePool(error: unknown): error is Error {
  if (error instanceof ReadOnlyError) return true;
  if (!(error instanceof DatabaseError)) return false;
  return LEAVES.has(error.code ?? '') || error.severity === 'FATAL' || error.severity === 'PANIC';
}
