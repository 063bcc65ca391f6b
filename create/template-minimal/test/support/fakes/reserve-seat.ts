import type { FakeEffects } from 'sagaline/testing';
import type { ReserveSeat } from '../../../activities/reserve-seat';
import { createReserveSeatActivities } from '../../../activities/reserve-seat';
import { TASK_QUEUES } from '../../../domains/tickets/names';

/** `reserveSeat` in memory: `done` has the ids for which it was done and not compensated. */
export function fakeReserveSeat(effects: FakeEffects<string>) {
  const done = new Set<string>();
  const port: ReserveSeat = {
    reserveSeat: (input) =>
      effects.doOnce('reserveSeat', input.key, input, () => {
        done.add(input.id);
      }),
    releaseSeat: (input) =>
      effects.compensateOnce('releaseSeat', input.undoes.key, input, () => {
        done.delete(input.undoes.id);
      }),
  };
  return { taskQueue: TASK_QUEUES.tickets, activities: createReserveSeatActivities(port), done };
}
