import type * as testing from '@temporalio/testing';
import type * as worker from '@temporalio/worker';
import type * as migrating from '../adapters/postgres/migrate';

// Packages that tests on fakes alone do not need, and that jest cannot always load.

/* eslint-disable @typescript-eslint/no-require-imports -- jest has no `import()` in CommonJS without a flag of Node's */
/** Loaded on demand: it loads the native core of Temporal's SDK. */
export function temporalWorker(): typeof worker {
  return require('@temporalio/worker') as typeof worker;
}

/** Loaded on demand, as {@link temporalWorker}; a project without workflow tests need not have it installed. */
export function temporalTesting(): typeof testing {
  return require('@temporalio/testing') as typeof testing;
}

/** Loaded on demand: node-pg-migrate is an ES module, which jest can load in a `globalSetup` but not in a test file. */
export function migration(): typeof migrating {
  return require('../adapters/postgres/migrate') as typeof migrating;
}
/* eslint-enable @typescript-eslint/no-require-imports */
