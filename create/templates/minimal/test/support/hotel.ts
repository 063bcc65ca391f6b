import { RefusalError } from 'sagaline';
import { graveyardActivities } from 'sagaline/activities';
import type { DeadLetterStep } from 'sagaline/testing';
import { createFakeDeadLetters, createFakeEffects, createScript } from 'sagaline/testing';
import type { RoomActivities, Rooms } from '../../activities/rooms';
import { createRoomActivities } from '../../activities/rooms';
import { REFUSALS, TASK_QUEUES } from '../../domains/hotel/names';

type Step = keyof RoomActivities | DeadLetterStep;

/** A hotel in memory: its rooms fail as its script says. */
export function createHotel() {
  const script = createScript<Step>();
  const effects = createFakeEffects<Step>(script);
  const bookings = new Map<string, 'reserved' | 'booked' | 'undone'>();
  const rooms: Rooms = {
    reserveRoom: (input) =>
      effects.doOnce('reserveRoom', input.key, input, () => void bookings.set(input.bookingId, 'reserved')),
    releaseRoom: (input) =>
      effects.undoOnce(
        'releaseRoom',
        input.undoes,
        input,
        () => void bookings.set(input.bookingId, 'undone'),
      ),
    confirmBooking: (input) =>
      effects.doOnce('confirmBooking', input.key, input, () => {
        if (input.guest === 'nobody') throw new RefusalError(REFUSALS.unknownGuest, 'there is no such guest');
        bookings.set(input.bookingId, 'booked');
      }),
  };
  const deadLetters = createFakeDeadLetters(script);
  return {
    script,
    bookings,
    deadLetters,
    /** By task queue, as workers get them. */
    activities: {
      [TASK_QUEUES.rooms]: { ...createRoomActivities(rooms), ...graveyardActivities(deadLetters) },
    },
  };
}

export type Hotel = ReturnType<typeof createHotel>;
