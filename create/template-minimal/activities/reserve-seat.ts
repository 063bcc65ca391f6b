import { activity } from 'sagaline/activities';
import { z } from 'zod';

const id = z.string().min(1).max(64);
const reserveSeat = z.object({ key: z.string(), id });
const releaseSeat = z.object({ undoes: reserveSeat });

export interface ReserveSeat {
  /** @throws RefusalError where it cannot be done, whatever is repeated */
  reserveSeat(input: z.infer<typeof reserveSeat>): Promise<void>;
  /** Compensates `reserveSeat`, or keeps it from happening. */
  releaseSeat(input: z.infer<typeof releaseSeat>): Promise<void>;
}

export function createReserveSeatActivities(port: ReserveSeat) {
  return {
    reserveSeat: activity(reserveSeat, (input) => port.reserveSeat(input)),
    releaseSeat: activity(releaseSeat, (input) => port.releaseSeat(input)),
  };
}

export type ReserveSeatActivities = ReturnType<typeof createReserveSeatActivities>;
