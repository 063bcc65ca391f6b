import { activity } from 'sagaline/activities';
import { z } from 'zod';

const id = z.string().min(1).max(64);
const reserveSeat = z.object({ key: z.string(), id });
const releaseSeat = z.object({ undoes: reserveSeat });

export interface ReserveSeat {
  /** @throws RefusalError when it cannot be done, so that a retry does not help */
  reserveSeat(input: z.infer<typeof reserveSeat>): Promise<void>;
  /** Compensates `reserveSeat`, or prevents it if it has not been done yet. */
  releaseSeat(input: z.infer<typeof releaseSeat>): Promise<void>;
}

export function createReserveSeatActivities(port: ReserveSeat) {
  return {
    reserveSeat: activity(reserveSeat, (input) => port.reserveSeat(input)),
    releaseSeat: activity(releaseSeat, (input) => port.releaseSeat(input)),
  };
}

export type ReserveSeatActivities = ReturnType<typeof createReserveSeatActivities>;
