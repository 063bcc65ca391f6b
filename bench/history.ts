import { temporal } from '@temporalio/proto';

const { EVENT_TYPE_WORKFLOW_TASK_COMPLETED, EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED } =
  temporal.api.enums.v1.EventType;

export interface Cost {
  readonly workflowTasks: number;
  readonly historyEvents: number;
}

/** The cost of a workflow, counted from its history; the workflow must have completed. */
export function costOf({ events }: temporal.api.history.v1.IHistory): Cost {
  const types = (events ?? []).map(({ eventType }) => eventType);
  if (types.at(-1) !== EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED)
    throw new Error('the workflow has not completed');
  return {
    workflowTasks: types.filter((type) => type === EVENT_TYPE_WORKFLOW_TASK_COMPLETED).length,
    historyEvents: types.length,
  };
}
