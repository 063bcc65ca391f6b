import { z } from 'zod';
import { defineEvent, external, personal } from '../../src/contracts';

const text = z.string().max(100);

/** An event with personal fields, a text, an object and one that may be absent. */
export const ordered = defineEvent({
  type: 'test.sagaline.parcels.ordered.v1',
  entity: 'parcel',
  summary: 'Somebody has ordered a parcel.',
  origin: external('the tests'),
  schema: z.strictObject({
    orderId: text,
    customerId: text,
    email: personal(text),
    shippingAddress: personal(z.strictObject({ name: text, city: text })),
    paymentToken: personal(text).optional(),
  }),
  key: ({ orderId }) => orderId,
  subject: ({ customerId }) => customerId,
  example: {
    orderId: 'order-1001',
    customerId: 'customer-7',
    email: 'ada@example.com',
    shippingAddress: { name: 'Ada', city: 'London' },
    paymentToken: 'tok_visa',
  },
});
