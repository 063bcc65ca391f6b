import type { ProcessDefinition } from 'sagaline';
import { TASK_QUEUES } from './names';

export const ticket = {
  name: 'ticket',
  taskQueue: TASK_QUEUES.tickets,
  initialState: 'started',
  goodEnd: 'completed',
  summary: (id) => `ticket ${id}`,
} as const satisfies ProcessDefinition;
