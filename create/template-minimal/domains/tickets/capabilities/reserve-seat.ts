import { capability } from 'sagaline/workflow';
import type { ReserveSeatActivities } from '../../../activities/reserve-seat';
import { TASK_QUEUES } from '../names';

/** What `reserveSeat` is to a saga, and what compensates it. Workflows import this file: activities as types only. */
export const reserveSeat = capability<ReserveSeatActivities>()(
  'reserveSeat',
  {
    // The types of its `RefusalError`s: the fault matrix refuses it with the first.
    reserveSeat: { summary: () => 'reserveSeat', undoneBy: 'releaseSeat', refuses: ['not-possible'] },
    releaseSeat: { summary: () => 'releaseSeat' },
  },
  { taskQueue: TASK_QUEUES.tickets },
);
