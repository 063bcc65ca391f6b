import type * as testing from '@temporalio/testing';
import type * as worker from '@temporalio/worker';
import type * as migrating from '../adapters/postgres/migrate';

// What tests on fakes alone do not need, and jest cannot always load.

/* eslint-disable @typescript-eslint/no-require-imports -- jest has no `import()` in CommonJS without a flag of Node's */
/** It brings the native core of Temporal's SDK along. */
export function temporalWorker(): typeof worker {
  return require('@temporalio/worker') as typeof worker;
}

/** As {@link temporalWorker}; a project without workflow tests need not have it installed. */
export function temporalTesting(): typeof testing {
  return require('@temporalio/testing') as typeof testing;
}

/** node-pg-migrate is an ES module: jest can load it in a `globalSetup`, and in no test file. */
export function migration(): typeof migrating {
  return require('../adapters/postgres/migrate') as typeof migrating;
}
/* eslint-enable @typescript-eslint/no-require-imports */
