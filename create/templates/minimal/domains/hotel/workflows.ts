import type { ProcessDefinition } from 'sagaline';
import { TASK_QUEUES } from './names';

/** One booking, until it is confirmed or undone. */
export const booking = {
  name: 'booking',
  taskQueue: TASK_QUEUES.rooms,
  initialState: 'requested',
  goodEnd: 'booked',
  summary: (bookingId) => `Booking ${bookingId}`,
} as const satisfies ProcessDefinition;
