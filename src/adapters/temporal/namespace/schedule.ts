import type {
  Client,
  ScheduleOptions,
  ScheduleOptionsStartWorkflowAction,
  Workflow,
} from '@temporalio/client';
import { ScheduleAlreadyRunning } from '@temporalio/client';
import { SAGA_STATE, summaryOf } from '../../../contracts';

/** A workflow that runs on a schedule. */
export interface Recurring {
  readonly scheduleId: string;
  readonly workflow: string;
  readonly taskQueue: string;
  readonly everyMs: number;
  readonly summary: string;
  /** Value of `SagaState` until the workflow sets its own. */
  readonly initialState: string;
}

/** After an outage the workflow runs once, not once for each missed time. */
const CATCH_UP = '1 minute';
/**
 * Far longer than any run takes. A run that hangs, for example after an incompatible deploy, must not block all later
 * runs.
 */
const LONGEST_RUN = '2 hours';

/**
 * Makes a schedule, or changes the interval and the task queue of the existing one. Safe to call from any number of
 * processes at once. A schedule that a person has paused stays paused.
 */
export async function provisionSchedule(client: Client, wanted: Recurring): Promise<void> {
  const { scheduleId, workflow, taskQueue, everyMs, summary, initialState } = wanted;
  const definition: Omit<ScheduleOptions<ScheduleOptionsStartWorkflowAction<Workflow>>, 'scheduleId'> = {
    spec: { intervals: [{ every: everyMs }] },
    // A run that takes longer than the interval may finish.
    policies: { overlap: 'SKIP', catchupWindow: CATCH_UP },
    action: {
      type: 'startWorkflow',
      workflowType: workflow,
      workflowId: scheduleId,
      taskQueue,
      args: [{}],
      workflowExecutionTimeout: LONGEST_RUN,
      staticSummary: summaryOf(summary),
      typedSearchAttributes: [{ key: SAGA_STATE, value: initialState }],
    },
  };
  try {
    await client.schedule.create({ scheduleId, ...definition });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule.getHandle(scheduleId).update(({ state }) => ({ ...definition, state }));
  }
}
