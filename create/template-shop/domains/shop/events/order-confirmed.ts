import { defineEvent, internal } from 'sagaline';
import { z } from 'zod';
import { EVENTS } from '../names';

export const orderConfirmed = defineEvent({
  type: EVENTS.orderConfirmed,
  entity: 'order',
  summary: 'The order is paid for and will be delivered. Published by the outbox of `confirmOrder`.',
  origin: internal,
  schema: z.strictObject({ orderId: z.string().min(1).max(64) }),
  key: ({ orderId }) => orderId,
  example: { orderId: 'o-1' },
});
