import { ApplicationFailure } from '@temporalio/activity';

/** Steps that cost nothing: what is measured is what is around them. */
export const workloadActivities = {
  step: () => Promise.resolve(),
  undo: () => Promise.resolve(),
  refuse: (): Promise<void> =>
    Promise.reject(ApplicationFailure.nonRetryable('there are none on hand', 'out-of-stock')),
};

export type WorkloadActivities = typeof workloadActivities;
