import type { BatcherDefinition, ProcessDefinition, Reconciliation, RepairResult } from 'sagaline';
import type { OrderState } from './names';
import { TASK_QUEUES } from './names';
import { moves, shortName } from './rules/moves';

/** The shop's processes. */
export const order = {
  name: 'order',
  taskQueue: TASK_QUEUES.orders,
  initialState: 'placing',
  waitsForPerson: ['awaiting-decision' satisfies OrderState],
  goodEnd: 'completed' satisfies OrderState,
  transitions: moves.map(({ from, input, target }) => ({ from, on: shortName(input), to: target })),
  summary: (key) => `Order ${key}`,
} as const satisfies ProcessDefinition;

/** How often an article is viewed: by its SKU, in batches. */
export const demand = {
  name: 'demand',
  batches: true,
  taskQueue: TASK_QUEUES.orders,
  initialState: 'collecting',
  summary: (sku) => `Views of ${sku}`,
} as const satisfies BatcherDefinition;

/** Compensates what an order has left behind when its own workflow is gone. A person opens it, never an event. */
export const repair = {
  name: 'repair',
  taskQueue: TASK_QUEUES.orders,
  initialState: 'checking',
  goodEnd: 'repaired' satisfies RepairResult['state'],
  summary: (key) => `Repair of order ${key}`,
} as const satisfies ProcessDefinition;

export const reconciliation: Reconciliation = {
  of: order,
  check: { name: 'reconciliation', taskQueue: TASK_QUEUES.orders },
  repair,
};
