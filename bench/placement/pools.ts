import path from 'node:path';
import { shop } from '../../domains/shop';
import { definePool } from '../../src/runtime/app';
import type { Role } from '../../src/runtime/role';
import { workerOf } from '../../src/runtime/roles/worker';
import { createLedgerActivities } from './activities';
import { ledger } from './capability';
import { LEDGER_QUEUE, LEDGER_SAGAS_QUEUE } from './names';

/** Has the placed steps whether a saga began with the placement or not: both kinds run on it at the same time. */
const sagas = definePool({
  domain: shop,
  taskQueue: LEDGER_SAGAS_QUEUE,
  workflows: path.join(__dirname, 'workflows'),
  places: [ledger],
  activities: () => ({}),
});
const steps = definePool({
  domain: shop,
  taskQueue: LEDGER_QUEUE,
  activities: ({ database }) => createLedgerActivities(database),
});
const pools = { 'ledger-sagas': sagas, ledger: steps };

/** A worker of one of the benchmarks' own pools, in a deployment that has both. */
const workerIn = (name: keyof typeof pools): Role => {
  const run = workerOf(name, pools[name]);
  return (context) => run({ ...context, app: { ...context.app, pools } });
};

export const ledgerWorkers = { 'ledger-sagas': workerIn('ledger-sagas'), ledger: workerIn('ledger') };
