import type { temporal } from '@temporalio/proto';

export interface Cost {
  readonly workflowTasks: number;
  readonly historyEvents: number;
}

/** What a closed workflow has cost, counted from its history. */
export function costOf(history: temporal.api.history.v1.IHistory): Cost {
  const events = history.events ?? [];
  return {
    workflowTasks: events.filter((event) => event.workflowTaskCompletedEventAttributes).length,
    historyEvents: events.length,
  };
}
