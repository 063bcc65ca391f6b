import { activity } from 'sagaline/activities';
import { z } from 'zod';

const id = z.string().min(1).max(200);
const reserveRoom = z.object({ key: id, bookingId: id, nights: z.int().min(1) });
const releaseRoom = z.object({ undoes: id, bookingId: id });
const confirmBooking = z.object({ key: id, bookingId: id, guest: id });

export type ReserveRoom = z.infer<typeof reserveRoom>;
export type ReleaseRoom = z.infer<typeof releaseRoom>;
export type ConfirmBooking = z.infer<typeof confirmBooking>;

/** The rooms of the hotel, and their bookings. */
export interface Rooms {
  /** @throws RefusalError of type `no-room` */
  reserveRoom(input: ReserveRoom): Promise<void>;
  /** Undoes `reserveRoom`, or keeps it from happening. */
  releaseRoom(input: ReleaseRoom): Promise<void>;
  /** @throws RefusalError of type `unknown-guest` */
  confirmBooking(input: ConfirmBooking): Promise<void>;
}

export function createRoomActivities(rooms: Rooms) {
  return {
    reserveRoom: activity(reserveRoom, (input) => rooms.reserveRoom(input)),
    releaseRoom: activity(releaseRoom, (input) => rooms.releaseRoom(input)),
    confirmBooking: activity(confirmBooking, (input) => rooms.confirmBooking(input)),
  };
}

export type RoomActivities = ReturnType<typeof createRoomActivities>;
