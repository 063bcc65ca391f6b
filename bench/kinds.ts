import type { Role } from '../workers/role';
import { workerOf } from '../workers/roles/pool';
import { samplePool } from './saga/sample-pool';

/** The workers of the benchmarks' own, by the name they are started with. */
export const kinds: Readonly<Record<string, Role>> = {
  sample: workerOf('sample', samplePool),
};
