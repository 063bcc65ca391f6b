import { z } from 'zod';
import { activity } from '../../src/effects';
import { money, orderId, stepKey } from './shapes';

const paymentToken = z.string().min(1).max(128);
const paymentId = z.string().min(1).max(128);
const authorizePayment = z.object({ key: stepKey, orderId, total: money, paymentToken });
/** The authorisation's own request: where its outcome is unknown, it has to be found out before it can be undone. */
const voidPayment = z.object({ undoes: authorizePayment });
const capturePayment = z.object({ key: stepKey, orderId, paymentId, total: money });

export type AuthorizePayment = z.infer<typeof authorizePayment>;
export type VoidPayment = z.infer<typeof voidPayment>;
export type CapturePayment = z.infer<typeof capturePayment>;

/** Money, once for each step: the shop's record and the payment provider's agree. */
export interface Payments {
  /**
   * Holds the amount on the customer's card.
   * @throws RefusalError of type `payment-declined`
   */
  authorizePayment(input: AuthorizePayment): Promise<{ paymentId: string }>;
  /** Lifts the hold; one that was never made will not be. */
  voidPayment(input: VoidPayment): Promise<void>;
  /**
   * Takes the held amount.
   * @throws RefusalError of type `payment-declined`
   */
  capturePayment(input: CapturePayment): Promise<void>;
}

/** A payment provider, reached over HTTP. Every call is idempotent by its key. */
export interface PaymentProvider {
  /** @throws RefusalError of type `payment-declined` */
  authorize(request: AuthorizePayment): Promise<{ paymentId: string }>;
  /**
   * What became of a key; `undefined` when the provider has never heard of it.
   * @throws RefusalError of type `payment-declined`
   */
  findByKey(key: string): Promise<{ paymentId: string } | undefined>;
  /** @throws RefusalError of type `payment-declined` */
  capture(request: { key: string; paymentId: string; amount: number }): Promise<void>;
  /** Whether the payment has been captured. */
  isCaptured(paymentId: string): Promise<boolean>;
  cancel(request: { key: string; paymentId: string }): Promise<void>;
}

export function createPaymentActivities(payments: Payments) {
  return {
    authorizePayment: activity(authorizePayment, (input) => payments.authorizePayment(input)),
    voidPayment: activity(voidPayment, (input) => payments.voidPayment(input)),
    capturePayment: activity(capturePayment, (input) => payments.capturePayment(input)),
  };
}

export type PaymentActivities = ReturnType<typeof createPaymentActivities>;
