import { environment } from '../config';

const nameOf = (what: string) => `SAGALINE_TEST_${what.toUpperCase()}`;

/**
 * From a `globalSetup` to the test files: they run in other processes, and the environment is the only thing that jest passes on.
 *
 * @example
 * handOver('servers', { databaseUrl });
 */
export function handOver(what: string, value: object): void {
  // eslint-disable-next-line no-restricted-properties -- jest's one way from its global set-up to the tests
  process.env[nameOf(what)] = JSON.stringify(value);
}

/**
 * In a test file: what the global set-up has handed over.
 *
 * @throws Error where nothing of the name was handed over
 * @example
 * const servers = prepared('servers') as { readonly databaseUrl: string };
 */
export function prepared(what: string): unknown {
  const text = environment()[nameOf(what)];
  if (text === undefined) throw new Error(`the global set-up of this test run has prepared no ${what}`);
  return JSON.parse(text) as unknown;
}
