import { prepared as handedOver } from '../../../src/testing/handover';
import type { BundleName } from './bundles';

/** What jest's `globalSetup` has prepared for the test files. */
export interface Prepared {
  /** Files with the workflow bundles, by name. */
  readonly bundles: Readonly<Record<BundleName, string>>;
  readonly servers: {
    readonly temporalAddress: string;
    readonly databaseUrl: string;
    /** Where Temporal serves its own metrics. */
    readonly temporalMetricsUrl: string;
  };
}

/** The database that test files copy. Nobody connects to it: PostgreSQL does not copy a database that is in use. */
export const TEMPLATE = 'sagaline_template';

export function prepared<Name extends keyof Prepared>(what: Name): Prepared[Name] {
  return handedOver(what) as Prepared[Name];
}
