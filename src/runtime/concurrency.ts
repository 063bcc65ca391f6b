/** Activities that one process of a pool runs at once. Steps mostly wait for PostgreSQL and for providers. */
export const CONCURRENT_ACTIVITIES = 50;

/**
 * Requests for tasks that a worker keeps open at Temporal, of each kind; of those for workflow tasks one is for new workflows. The SDK's
 * default, 10, costs an order more: docs/adr/0073.
 */
export const TASK_POLLS = 5;
