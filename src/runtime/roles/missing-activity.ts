import { activityInfo, ApplicationFailure } from '@temporalio/activity';
import type { Log } from '../../contracts';
import { MISSING_ACTIVITY } from '../../contracts';

/**
 * The activity for calls to which a pool has no activity; the SDK calls the one that is registered as `default`. It fails and is
 * retried, as the SDK's own check does: a deploy mends it. It adds the place and the remedy to the log, once for each activity. A
 * step of a capability that is placed with the pool is not retried: it goes to the capability's own pool.
 *
 * @param has the pool's activities
 */
export function missingActivity(poolName: string, has: object, log: Log): () => Promise<never> {
  const named = new Set<string>();
  return () => {
    const { activityType, workflowType = '', workflowExecution } = activityInfo();
    const message =
      `the pool "${poolName}" has no activity "${activityType}", which the workflow "${workflowType}" calls; ` +
      `add it to the pool's activities (${Object.keys(has).join(', ') || 'none'}), or correct the task queue of the call`;
    if (!named.has(activityType)) log.error({ workflowId: workflowExecution?.workflowId }, message);
    named.add(activityType);
    return Promise.reject(
      ApplicationFailure.create({ type: MISSING_ACTIVITY, message, nonRetryable: false }),
    );
  };
}
