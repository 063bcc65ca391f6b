import { environment } from '../config';

const nameOf = (what: string) => `SAGALINE_TEST_${what.toUpperCase()}`;

/**
 * Hands a value from a `globalSetup` to the test files. Test files run in other processes, and jest passes on nothing but the
 * environment.
 *
 * @example
 * handOver('servers', { databaseUrl });
 */
export function handOver(what: string, value: object): void {
  // jest runs the set-ups of all its projects in one process: each adds to the values of the others.
  const all = { ...(found(what) as object | undefined), ...value };
  // eslint-disable-next-line no-restricted-properties -- jest's one way from its global set-up to the tests
  process.env[nameOf(what)] = JSON.stringify(all);
}

/**
 * Returns, in a test file, the value that the global set-up handed over.
 *
 * @throws Error when nothing was handed over under this name
 * @example
 * const servers = prepared('servers') as { readonly databaseUrl: string };
 */
export function prepared(what: string): unknown {
  const value = found(what);
  if (value === undefined) throw new Error(`the global set-up of this test run has prepared no ${what}`);
  return value;
}

function found(what: string): unknown {
  const text = environment()[nameOf(what)];
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}
