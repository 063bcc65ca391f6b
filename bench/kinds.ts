import type { Role } from '../src/runtime/role';
import { workerOf } from '../src/runtime/roles/worker';
import { countingPool } from './growth/counting-pool';
import { placedOrdersWorker } from './placement/order-pool';
import { ledgerWorkers } from './placement/pools';
import { samplePool } from './saga/sample-pool';
import { waiting } from './scaling/waiting';
import { workloadsPool } from './workloads/pool';

/** The benchmarks' own workers, by the name with which they are started. */
export const kinds: Readonly<Record<string, Role>> = {
  counting: workerOf('counting', countingPool),
  sample: workerOf('sample', samplePool),
  ...ledgerWorkers,
  'placed-orders': placedOrdersWorker,
  waiting,
  workloads: workerOf('workloads', workloadsPool),
};
