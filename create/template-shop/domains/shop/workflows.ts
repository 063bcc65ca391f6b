import type { ProcessDefinition } from 'sagaline';
import { TASK_QUEUES } from './names';

export const order = {
  name: 'order',
  taskQueue: TASK_QUEUES.orders,
  initialState: 'submitted',
  goodEnd: 'confirmed',
  summary: (id) => `order ${id}`,
} as const satisfies ProcessDefinition;
