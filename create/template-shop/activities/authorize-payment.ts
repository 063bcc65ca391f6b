import { activity } from 'sagaline/activities';
import { z } from 'zod';

const authorizePayment = z.object({
  key: z.string(),
  orderId: z.string().min(1).max(64),
  amount: z.int().min(1),
  card: z.string().min(1),
});

export type Payment = z.infer<typeof authorizePayment>;

export interface AuthorizePayment {
  /** @throws RefusalError of type `card-declined` */
  authorizePayment(input: Payment): Promise<void>;
}

export interface PaymentProvider {
  /** Returns the id of the payment with this key, or `undefined` if the provider has none. */
  find(key: string): Promise<string | undefined>;
  /**
   * @returns the payment's id
   * @throws RefusalError of type `card-declined`
   */
  authorize(payment: Payment): Promise<string>;
}

export function createAuthorizePaymentActivities(port: AuthorizePayment) {
  return { authorizePayment: activity(authorizePayment, (input) => port.authorizePayment(input)) };
}

export type AuthorizePaymentActivities = ReturnType<typeof createAuthorizePaymentActivities>;
