import { defineEvent, external } from 'sagaline';
import { z } from 'zod';
import { EVENTS } from '../names';

export const orderCancelled = defineEvent({
  type: EVENTS.orderCancelled,
  entity: 'order',
  summary: 'The customer has cancelled the order.',
  origin: external('the web shop'),
  schema: z.strictObject({ orderId: z.string().min(1).max(64) }),
  key: ({ orderId }) => orderId,
  example: { orderId: 'o-1' },
});
