import { environment } from '../../../src/config';
import type { BundleName } from './bundles';

/**
 * What a jest `globalSetup` has prepared, for the test files: they run in other processes, and the environment is the
 * only thing that jest passes on.
 */
export interface Prepared {
  /** Files with the workflow bundles, by name. */
  readonly bundles: Readonly<Record<BundleName, string>>;
  readonly servers: {
    readonly temporalAddress: string;
    readonly databaseUrl: string;
    /** Where Temporal tells its own metrics. */
    readonly temporalMetricsUrl: string;
  };
}

const nameOf = (what: keyof Prepared) => `SAGALINE_TEST_${what.toUpperCase()}`;

export function handOver<Name extends keyof Prepared>(what: Name, value: Prepared[Name]): void {
  // eslint-disable-next-line no-restricted-properties -- jest's one way from its global set-up to the tests
  process.env[nameOf(what)] = JSON.stringify(value);
}

export function prepared<Name extends keyof Prepared>(what: Name): Prepared[Name] {
  const text = environment()[nameOf(what)];
  if (text === undefined) throw new Error(`jest's global set-up has prepared no ${what} for this project`);
  return JSON.parse(text) as Prepared[Name];
}
