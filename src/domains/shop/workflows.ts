import type { ProcessDefinition } from '../../contracts';
import { TASK_QUEUES } from './names';

/** The shop's processes. */
export const order = {
  name: 'order',
  taskQueue: TASK_QUEUES.orders,
  initialState: 'placing',
  summary: (key) => `Order ${key}`,
} as const satisfies ProcessDefinition;
