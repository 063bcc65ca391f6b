import { ApplicationFailure, setWorkflowOptions } from '@temporalio/workflow';
import type { EventOf } from 'sagaline';
import type { SagaResult } from 'sagaline/workflow';
import {
  failureOf,
  FAILURES,
  openBurials,
  openDecisions,
  openInbox,
  openSaga,
  showState,
  STEP_ATTEMPTS,
  stepsOf,
  versioned,
} from 'sagaline/workflow';
import type { RoomActivities } from '../../activities/rooms';
import type { bookingRequested } from '../../domains/hotel/events';
import type { BookingEnd } from '../../domains/hotel/names';
import { EVENTS, TASK_QUEUES } from '../../domains/hotel/names';

const within = (scheduleToCloseTimeout: '1 minute' | '1 hour') =>
  stepsOf<RoomActivities>({ ...STEP_ATTEMPTS, taskQueue: TASK_QUEUES.rooms, scheduleToCloseTimeout });
const rooms = within('1 minute');
/** What undoes, or decides, is tried for longer. */
const roomsInsisting = within('1 hour');
const burials = openBurials({ taskQueue: TASK_QUEUES.rooms });

/** Reserves a room and confirms the booking. A booking that cannot be confirmed gives the room back. */
export async function booking({ key }: { key: string }): Promise<SagaResult<BookingEnd>> {
  const inbox = openInbox<EventOf<typeof bookingRequested>>({
    key,
    shapes: { [EVENTS.bookingRequested]: { bookingId: 'key', guest: 'line', nights: 'count' } },
  });
  const scope = openSaga(openDecisions());
  const requested = inbox.takeNow([EVENTS.bookingRequested]);
  if (!requested) throw ApplicationFailure.nonRetryable(`nobody has requested ${key}`, FAILURES.unmatched);

  const { guest, nights } = requested.data;
  const step = (name: string) => ({ key: `${key}:${name}:0`, bookingId: key });
  const reservation = { ...step('reserveRoom'), nights };
  try {
    await scope.step({
      key: reservation.key,
      run: () => rooms.reserveRoom(`Reserve a room for ${nights} nights`, reservation),
      undoneBy: 'releaseRoom',
      undo: () => roomsInsisting.releaseRoom('Release the room', { undoes: reservation.key, bookingId: key }),
    });
    await scope.pivot({
      name: 'confirmBooking',
      run: () => roomsInsisting.confirmBooking(`Confirm to ${guest}`, { ...step('confirmBooking'), guest }),
    });
  } catch (error) {
    const { type, message } = failureOf(error);
    await scope.compensate('undoing');
    return end('undone', `Because of \`${type}\`: ${message}`);
  }
  return end('booked', `Confirmed to ${guest}.`);

  async function end(state: BookingEnd, words: string): Promise<SagaResult<BookingEnd>> {
    await burials.buryLeftOvers(inbox, `the booking is ${state}`);
    showState(state, words);
    return { state, seen: inbox.seen() };
  }
}

// It is open for minutes: its version's workers can stay that long.
setWorkflowOptions(versioned('PINNED'), booking);
