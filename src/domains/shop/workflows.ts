import type { AccumulatorDefinition, ProcessDefinition } from '../../contracts';
import { TASK_QUEUES } from './names';

/** The shop's processes. */
export const order = {
  name: 'order',
  taskQueue: TASK_QUEUES.orders,
  initialState: 'placing',
  summary: (key) => `Order ${key}`,
} as const satisfies ProcessDefinition;

/** How often an article is looked at: by its SKU, in batches. */
export const demand = {
  name: 'demand',
  accumulates: true,
  taskQueue: TASK_QUEUES.orders,
  initialState: 'collecting',
  summary: (sku) => `Views of ${sku}`,
} as const satisfies AccumulatorDefinition;
