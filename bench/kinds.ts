import type { Role } from '../src/runtime/role';
import { workerOf } from '../src/runtime/roles/worker';
import { countingPool } from './growth/counting-pool';
import { placedOrdersWorker } from './placement/order-pool';
import { ledgerWorkers } from './placement/pools';
import { samplePool } from './saga/sample-pool';
import { waiting } from './scaling/waiting';
import { workloadsPool } from './workloads/pool';

/** The workers of the benchmarks' own, by the name they are started with. */
export const kinds: Readonly<Record<string, Role>> = {
  counting: workerOf('counting', countingPool),
  sample: workerOf('sample', samplePool),
  ...ledgerWorkers,
  'placed-orders': placedOrdersWorker,
  waiting,
  workloads: workerOf('workloads', workloadsPool),
};
