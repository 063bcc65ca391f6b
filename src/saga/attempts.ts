import type { ActivityOptions } from '@temporalio/workflow';

/**
 * How an ordinary step is attempted. Each attempt may take 10 seconds. The first retry comes after 200 milliseconds,
 * and the pauses grow to at most 30 seconds, so that work continues quickly after an outage. Retries end at the step's
 * own deadline (`scheduleToCloseTimeout`); without one, they never end.
 *
 * @example
 * const tickets = stepsOf<OncallActivities>({ ...STEP_ATTEMPTS, taskQueue: 'tickets', scheduleToCloseTimeout: '1 hour' });
 */
export const STEP_ATTEMPTS = {
  startToCloseTimeout: '10 seconds',
  retry: { initialInterval: '200 milliseconds', backoffCoefficient: 2, maximumInterval: '30 seconds' },
} as const satisfies ActivityOptions;
