import { RefusalError } from 'sagaline';
import type { Database } from 'sagaline/activities';
import { doOnce, undoOnce } from 'sagaline/activities';
import { REFUSALS } from '../domains/hotel/names';
import type { Rooms } from './rooms';

/** Rooms in PostgreSQL. Each effect and the row of its step are one transaction. */
export function createPostgresRooms(database: Database): Rooms {
  return {
    reserveRoom: ({ key, bookingId, nights }) =>
      doOnce(database, key, async (tx) => {
        const [room] = await tx.query<{ number: number }>(
          `select number from hotel.rooms
            where number not in (select room from hotel.bookings where state <> 'undone')
            order by number limit 1 for update skip locked`,
        );
        if (!room) throw new RefusalError(REFUSALS.noRoom, 'all rooms are taken');
        await tx.query(
          `insert into hotel.bookings (booking_id, room, nights, state) values ($1, $2, $3, 'reserved')`,
          [bookingId, room.number, nights],
        );
      }),

    releaseRoom: ({ undoes, bookingId }) =>
      undoOnce(database, undoes, async (tx) => {
        await tx.query(`update hotel.bookings set state = 'undone' where booking_id = $1`, [bookingId]);
      }),

    confirmBooking: ({ key, bookingId, guest }) =>
      doOnce(database, key, async (tx) => {
        // For a first saga that is undone: request a booking for this guest.
        if (guest === 'nobody') throw new RefusalError(REFUSALS.unknownGuest, 'there is no such guest');
        await tx.query(`update hotel.bookings set state = 'booked', guest = $2 where booking_id = $1`, [
          bookingId,
          guest,
        ]);
      }),
  };
}
