/** The benchmarks' own task queues. */
export const WORKLOADS_QUEUE = 'bench-workloads';
export const WAITING_QUEUE = 'bench-waiting';

/** The events of a workflow in the workload of events: the first one opens the workflow. */
export const EVENTS_OF_A_WORKFLOW = 5;
