import { environment } from '../config';

const nameOf = (what: string) => `SAGALINE_TEST_${what.toUpperCase()}`;

/**
 * From a `globalSetup` to the test files: they run in other processes, and the environment is the only thing that jest passes on.
 *
 * @example
 * handOver('servers', { databaseUrl });
 */
export function handOver(what: string, value: object): void {
  // jest runs the set-ups of all its projects in one process: each adds to what the others have handed over.
  const all = { ...(found(what) as object | undefined), ...value };
  // eslint-disable-next-line no-restricted-properties -- jest's one way from its global set-up to the tests
  process.env[nameOf(what)] = JSON.stringify(all);
}

/**
 * In a test file: what the global set-up has handed over.
 *
 * @throws Error where nothing of the name was handed over
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
