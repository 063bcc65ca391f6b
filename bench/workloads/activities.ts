import { finalFailure } from '../../src/effects';

/** Steps that cost nothing, so that only the costs around them are measured. */
export const workloadActivities = {
  step: () => Promise.resolve(),
  compensate: () => Promise.resolve(),
  refuse: (): Promise<void> =>
    Promise.reject(finalFailure('refused', 'out-of-stock', 'there are none on hand')),
};

export type WorkloadActivities = typeof workloadActivities;
