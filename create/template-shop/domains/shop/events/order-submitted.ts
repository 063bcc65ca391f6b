import { defineEvent, external } from 'sagaline';
import { z } from 'zod';
import { EVENTS } from '../names';

export const orderSubmitted = defineEvent({
  type: EVENTS.orderSubmitted,
  entity: 'order',
  summary: 'A customer has ordered.',
  origin: external('the web shop'),
  schema: z.strictObject({
    orderId: z.string().min(1).max(64),
    sku: z.string().min(1).max(64),
    quantity: z.int().min(1).max(100),
    /** In cents. */
    amount: z.int().min(1).max(1_000_000),
    /** A token of the payment provider, never the card itself. */
    card: z.string().min(1).max(64),
  }),
  // Events with the same key reach the same workflow.
  key: ({ orderId }) => orderId,
  example: { orderId: 'o-1', sku: 'book', quantity: 2, amount: 4_200, card: 'tok-visa' },
});
