import type { ActivityOptions } from '@temporalio/workflow';

/**
 * How an ordinary step is attempted: ten seconds each, soon again at first, never later than after half a minute, so that work goes
 * on quickly after an outage. For how long is the step's own deadline (`scheduleToCloseTimeout`); without one it is repeated for
 * ever.
 *
 * @example
 * const tickets = stepsOf<OncallActivities>({ ...STEP_ATTEMPTS, taskQueue: 'tickets', scheduleToCloseTimeout: '1 hour' });
 */
export const STEP_ATTEMPTS = {
  startToCloseTimeout: '10 seconds',
  retry: { initialInterval: '200 milliseconds', backoffCoefficient: 2, maximumInterval: '30 seconds' },
} as const satisfies ActivityOptions;
