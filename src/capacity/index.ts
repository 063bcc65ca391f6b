/** How much load a deployment bears, predicted from what was measured: pure, and without servers. */
export { beginnings, kindsOf, measuredWait } from './from-runs';
export { capacityOf } from './model';
export type { CapacityReport, Measured, PoolReport } from './model';
export { meanServiceTime, throughput } from './throughput';
