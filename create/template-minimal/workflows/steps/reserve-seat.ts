import type { CompensatableStep } from 'sagaline/workflow';
import { STEP_ATTEMPTS, stepsOf } from 'sagaline/workflow';
import type { ReserveSeatActivities } from '../../activities/reserve-seat';
import { TASK_QUEUES } from '../../domains/tickets/names';

const queue = { ...STEP_ATTEMPTS, taskQueue: TASK_QUEUES.tickets };
// Given up after a minute, and then compensated; a compensation that fails for ten minutes waits for a person.
const forward = stepsOf<ReserveSeatActivities>({ ...queue, scheduleToCloseTimeout: '1 minute' });
const back = stepsOf<ReserveSeatActivities>({ ...queue, scheduleToCloseTimeout: '10 minutes' });

/** For `saga.step`. @param id correlation key of the workflow */
export function reserveSeat(id: string): CompensatableStep<void> {
  const key = `${id}:reserveSeat:0`;
  return {
    key,
    run: () => forward.reserveSeat('reserveSeat', { key, id }),
    undoneBy: 'releaseSeat',
    compensate: () => back.releaseSeat('releaseSeat', { undoes: key, id }),
  };
}
