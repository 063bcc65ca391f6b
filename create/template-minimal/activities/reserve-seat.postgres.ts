import type { Database } from 'sagaline/activities';
import { doOnce, compensateOnce } from 'sagaline/activities';
import type { ReserveSeat } from './reserve-seat';

/** Each step and its row in `reserve_seat` are written once, in one transaction, even if the step is repeated. */
export function createPostgresReserveSeat(database: Database): ReserveSeat {
  return {
    reserveSeat: ({ key, id }) =>
      doOnce(database, key, async (tx) => {
        await tx.query('insert into tickets.reserve_seat (key, id) values ($1, $2)', [key, id]);
      }),
    releaseSeat: ({ undoes: { key } }) =>
      compensateOnce(database, key, async (tx) => {
        await tx.query('delete from tickets.reserve_seat where key = $1', [key]);
      }),
  };
}
