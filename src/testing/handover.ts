import { environment } from '../config';

const nameOf = (what: string) => `SAGALINE_TEST_${what.toUpperCase()}`;

/**
 * From a `globalSetup` to the test files: they run in other processes, and the environment is the only thing that jest passes on.
 *
 * @example
 * handOver('servers', { databaseUrl });
 * // in a test file
 * const { databaseUrl } = prepared('servers') as { databaseUrl: string };
 */
export function handOver(what: string, value: object): void {
  // eslint-disable-next-line no-restricted-properties -- jest's one way from its global set-up to the tests
  process.env[nameOf(what)] = JSON.stringify(value);
}

/** @throws Error where nothing of the name was handed over */
export function prepared(what: string): unknown {
  const text = environment()[nameOf(what)];
  if (text === undefined) throw new Error(`the global set-up of this test run has prepared no ${what}`);
  return JSON.parse(text) as unknown;
}
