import type { Database } from '../adapters/postgres';

/** Codes of Node.js for a server that cannot be reached. */
const AWAY = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
];

/** The same database, whose errors say where it was looked for if nobody answers there. */
export function sayingWhere(database: Database, unavailable: (cause: unknown) => never): Database {
  const told = <Result>(work: Promise<Result>): Promise<Result> =>
    work.catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && AWAY.includes(String(error.code))) unavailable(error);
      throw error;
    });
  return {
    query: (text, values) => told(database.query(text, values)),
    transaction: (work) => told(database.transaction(work)),
    end: () => database.end(),
  };
}
