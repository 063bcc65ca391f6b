import { capability } from 'sagaline/workflow';
import type { ReserveSeatActivities } from '../../../activities/reserve-seat';
import { TASK_QUEUES } from '../names';

/**
 * Declares the step `reserveSeat` and its compensation for sagas. Workflows import this file, so it imports activities as types
 * only.
 */
export const reserveSeat = capability<ReserveSeatActivities>()(
  'reserveSeat',
  {
    // The types of its `RefusalError`s: the fault matrix uses the first.
    reserveSeat: { summary: () => 'reserveSeat', undoneBy: 'releaseSeat', refuses: ['not-possible'] },
    releaseSeat: { summary: () => 'releaseSeat' },
  },
  { taskQueue: TASK_QUEUES.tickets },
);
