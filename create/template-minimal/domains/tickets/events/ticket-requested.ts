import { defineEvent, external } from 'sagaline';
import { z } from 'zod';
import { EVENTS } from '../names';

export const ticketRequested = defineEvent({
  type: EVENTS.ticketRequested,
  entity: 'ticket',
  summary: 'Somebody wants a ticket.',
  origin: external('the box office'),
  schema: z.strictObject({ id: z.string().min(1).max(64) }),
  // Events with the same key reach the same workflow.
  key: ({ id }) => id,
  example: { id: 't-1' },
});
