import { z } from 'zod';
import { activity } from '../../src/effects';
import { charge, orderId, stepKey } from './shapes';

const paymentToken = z.string().min(1).max(128);
const paymentId = z.string().min(1).max(128);
const authorizePayment = z.object({ key: stepKey, orderId, total: charge, paymentToken });
/** The authorisation's own request: where its outcome is unknown, it has to be found out before it can be undone. */
const voidPayment = z.object({ undoes: authorizePayment });
const capturePayment = z.object({ key: stepKey, orderId, paymentId, total: charge });
const refundPayment = z.object({ key: stepKey, orderId, paymentId, total: charge });
const recordAuthorization = z.object({
  key: stepKey,
  paymentId,
  state: z.enum(['authorized', 'declined']),
});

export type AuthorizePayment = z.infer<typeof authorizePayment>;
export type VoidPayment = z.infer<typeof voidPayment>;
export type CapturePayment = z.infer<typeof capturePayment>;
export type RefundPayment = z.infer<typeof refundPayment>;
export type RecordAuthorization = z.infer<typeof recordAuthorization>;

/** `pending`: the provider has not decided yet, and tells of its decision by webhook. */
export interface Authorization {
  readonly paymentId: string;
  readonly state: 'authorized' | 'pending';
}

/** Money, once for each step: the shop's record and the payment provider's agree. */
export interface Payments {
  /**
   * Holds the amount on the customer's card. A repeat gets the first answer, also where a pending payment has been
   * decided since.
   * @throws RefusalError of type `payment-declined`, `payment-method-unusable` or `amount-not-accepted`
   */
  authorizePayment(input: AuthorizePayment): Promise<Authorization>;
  /** Writes down how a pending payment was decided; one that is not pending any more stays as it is. */
  recordAuthorization(input: RecordAuthorization): Promise<void>;
  /**
   * Lifts the hold, or withdraws the pending payment; one that was never made will not be, and where the provider has
   * declined or cancelled it meanwhile there is nothing to lift.
   */
  voidPayment(input: VoidPayment): Promise<void>;
  /**
   * Takes the amount, which is what is held or a part of it; the rest of the hold is lifted.
   * @throws RefusalError of type `payment-declined` or `payment-voided`
   */
  capturePayment(input: CapturePayment): Promise<void>;
  /** Gives the amount back, which is what was captured or a part of it. */
  refundPayment(input: RefundPayment): Promise<void>;
}

/** A payment provider, reached over HTTP. Every call is idempotent by its key. */
export interface PaymentProvider {
  /** @throws RefusalError of type `payment-declined`, `payment-method-unusable` or `amount-not-accepted` */
  authorize(request: AuthorizePayment): Promise<Authorization>;
  /**
   * What became of a key; `undefined` when the provider has never heard of it. A payment that has moved on since, or was
   * cancelled, counts as authorized.
   * @throws RefusalError of type `payment-declined`
   */
  findByKey(key: string): Promise<Authorization | undefined>;
  /**
   * Id of the payment that was made under a key, also where the rest of it is not what we understand; `undefined` where none was.
   * @throws RefusalError of type `payment-declined`: nothing is held of it
   */
  findToCancel(key: string): Promise<string | undefined>;
  /** @throws RefusalError of type `payment-declined` or `payment-voided` */
  capture(request: { key: string; paymentId: string; amount: number }): Promise<void>;
  /** Whether the payment has been captured. */
  isCaptured(paymentId: string): Promise<boolean>;
  /** Lifts the hold or withdraws what is pending; `declined` where the provider has declined it, and nothing is held. */
  cancel(request: { key: string; paymentId: string }): Promise<'voided' | 'declined'>;
  refund(request: { key: string; paymentId: string; amount: number }): Promise<void>;
  /** Whether all that was captured has been given back. */
  isRefunded(paymentId: string): Promise<boolean>;
}

export function createPaymentActivities(payments: Payments) {
  return {
    authorizePayment: activity(authorizePayment, (input) => payments.authorizePayment(input)),
    recordAuthorization: activity(recordAuthorization, (input) => payments.recordAuthorization(input)),
    voidPayment: activity(voidPayment, (input) => payments.voidPayment(input)),
    capturePayment: activity(capturePayment, (input) => payments.capturePayment(input)),
    refundPayment: activity(refundPayment, (input) => payments.refundPayment(input)),
  };
}

export type PaymentActivities = ReturnType<typeof createPaymentActivities>;
