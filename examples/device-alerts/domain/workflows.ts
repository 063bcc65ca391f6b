import type { BatcherDefinition, ProcessDefinition } from 'sagaline';
import type { AlertState } from './names';
import { TASK_QUEUES } from './names';

/** One alert of one device, until it is resolved or given up; the next alert is another occurrence. */
export const alert = {
  name: 'alert',
  recurs: true,
  taskQueue: TASK_QUEUES.devices,
  initialState: 'raised' satisfies AlertState,
  goodEnd: 'resolved' satisfies AlertState,
  summary: (deviceId) => `Alert of ${deviceId}`,
} as const satisfies ProcessDefinition;

/** Readings of one device, in batches. */
export const telemetry = {
  name: 'telemetry',
  batches: true,
  taskQueue: TASK_QUEUES.devices,
  initialState: 'collecting',
  summary: (deviceId) => `Readings of ${deviceId}`,
} as const satisfies BatcherDefinition;
