import { defineEvent } from 'sagaline';
import { z } from 'zod';
import { EVENTS } from './names';

const id = z
  .string()
  .regex(/^[A-Za-z0-9_-]+$/)
  .min(1)
  .max(64);

export const bookingRequested = defineEvent({
  type: EVENTS.bookingRequested,
  entity: 'booking',
  summary: 'A guest wants a room. Opens the workflow.',
  schema: z.strictObject({ bookingId: id, guest: id, nights: z.int().min(1).max(30) }),
  key: ({ bookingId }) => bookingId,
  example: { bookingId: 'b-1', guest: 'ada', nights: 2 },
});
