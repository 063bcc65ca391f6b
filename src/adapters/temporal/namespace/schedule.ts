import type {
  Client,
  ScheduleOptions,
  ScheduleOptionsStartWorkflowAction,
  Workflow,
} from '@temporalio/client';
import { ScheduleAlreadyRunning } from '@temporalio/client';
import { SAGA_STATE } from '../../../contracts';

/** A workflow that is to run again and again. */
export interface Recurring {
  readonly scheduleId: string;
  readonly workflow: string;
  readonly taskQueue: string;
  readonly everyMs: number;
  readonly summary: string;
  /** Value of `SagaState` until the workflow sets its own. */
  readonly initialState: string;
}

/** After an outage it runs once, not once for each time that was missed. */
const CATCH_UP = '1 minute';
/** Far longer than any run takes: one that stands still, as after a deploy that does not fit, must not be the last. */
const LONGEST_RUN = '2 hours';

/**
 * Makes a schedule, or gives the one that is there the interval and the queue that are wanted. Safe to call from any number
 * of processes at once. A pause that a person has made stays.
 */
export async function provisionSchedule(client: Client, wanted: Recurring): Promise<void> {
  const { scheduleId, workflow, taskQueue, everyMs, summary, initialState } = wanted;
  const definition: Omit<ScheduleOptions<ScheduleOptionsStartWorkflowAction<Workflow>>, 'scheduleId'> = {
    spec: { intervals: [{ every: everyMs }] },
    // A run that takes longer than the interval is left to finish.
    policies: { overlap: 'SKIP', catchupWindow: CATCH_UP },
    action: {
      type: 'startWorkflow',
      workflowType: workflow,
      workflowId: scheduleId,
      taskQueue,
      args: [{}],
      workflowExecutionTimeout: LONGEST_RUN,
      staticSummary: summary,
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
