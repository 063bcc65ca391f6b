import { z } from 'zod';
import type { PaymentStanding, ProviderPayment } from '../../domains/shop/rules/confirmation';
import { activity } from 'sagaline/activities';
import { charge, orderId, requestCompensated, stepKey } from './shapes';

const paymentToken = z.string().min(1).max(128);
const paymentId = z.string().min(1).max(128);
const authorizePayment = z.object({ key: stepKey, orderId, total: charge, paymentToken });
/** The authorisation's own request: where its outcome is unknown, it has to be found out before it can be compensated. */
const voidPayment = z.object({ undoes: requestCompensated<z.infer<typeof authorizePayment>>() });
const capturePayment = z.object({ key: stepKey, orderId, paymentId, total: charge });
const refundPayment = z.object({ key: stepKey, orderId, paymentId, total: charge });
const renewPayment = z.object({ key: stepKey, orderId, paymentId, total: charge });
const confirmPayment = z.object({ orderId, paymentId, total: charge });

export type AuthorizePayment = z.infer<typeof authorizePayment>;
export type VoidPayment = z.infer<typeof voidPayment>;
export type CapturePayment = z.infer<typeof capturePayment>;
export type RefundPayment = z.infer<typeof refundPayment>;
export type RenewPayment = z.infer<typeof renewPayment>;
export type ConfirmPayment = z.infer<typeof confirmPayment>;

/** `pending`: the provider has not decided yet, and tells of its decision by webhook. */
export interface Authorization {
  readonly paymentId: string;
  readonly state: 'authorized' | 'pending';
  /** When the authorization ends, in milliseconds since 1970; absent where nothing is held, or the provider does not say. */
  readonly expiresAt?: number | undefined;
  /** Where the customer has to confirm a pending payment; absent where there is nothing that they could do. */
  readonly actionUrl?: string | undefined;
}

/** An authorization that was renewed. */
export type Renewal = Pick<Authorization, 'expiresAt'>;

/** Money, once for each step: the shop's record and the payment provider's agree. */
export interface Payments {
  /**
   * Holds the amount on the customer's card. A repeat gets the first answer, also where a pending payment has been
   * decided since.
   * @throws RefusalError of type `payment-declined`, `payment-method-unusable` or `amount-not-accepted`
   */
  authorizePayment(input: AuthorizePayment): Promise<Authorization>;
  /**
   * Asks the provider what has become of a payment, each time, and writes down how it was decided or that nothing is held any
   * more. An event that tells of a payment is only a reason to ask.
   */
  confirmPayment(input: ConfirmPayment): Promise<PaymentStanding>;
  /**
   * Renews an authorization before it ends.
   * @throws RefusalError of type `authorization-not-renewable`, `payment-voided` or `payment-declined`
   */
  renewPayment(input: RenewPayment): Promise<Renewal>;
  /**
   * Lifts the authorization, or withdraws the pending payment; one that was never made will not be, and where the provider has
   * declined or cancelled it meanwhile there is nothing to lift.
   */
  voidPayment(input: VoidPayment): Promise<void>;
  /**
   * Takes the amount, which is what is held or a part of it; the rest of the authorization is lifted.
   * @throws RefusalError of type `payment-declined`, or `payment-voided` where nothing is held any more
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
  /** @throws RefusalError of type `authorization-not-renewable`, `payment-voided` or `payment-declined` */
  reauthorize(request: { key: string; paymentId: string }): Promise<Renewal>;
  /**
   * Id of the payment that was made under a key, also where the rest of it is not what we understand; `undefined` where none was.
   * @throws RefusalError of type `payment-declined`: nothing is held of it
   */
  findToCancel(key: string): Promise<string | undefined>;
  /** @throws RefusalError of type `payment-declined`, or `payment-voided` where nothing is held any more */
  capture(request: { key: string; paymentId: string; amount: number }): Promise<void>;
  /** Whether the payment has been captured. */
  isCaptured(paymentId: string): Promise<boolean>;
  /** Lifts the authorization or withdraws what is pending; `declined` where the provider has declined it, and nothing is held. */
  cancel(request: { key: string; paymentId: string }): Promise<'voided' | 'declined'>;
  refund(request: { key: string; paymentId: string; amount: number }): Promise<void>;
  /** Whether all that was captured has been given back. */
  isRefunded(paymentId: string): Promise<boolean>;
  /** The payment as it is now; `undefined` where the provider says that it has none of this id. */
  paymentOf(paymentId: string): Promise<ProviderPayment | undefined>;
  /**
   * A page of the provider's own books: the payments that have changed since, the oldest change first.
   *
   * @param query.since in milliseconds since 1970
   * @param query.after the last payment of the page before
   */
  list(query: {
    since: number;
    after?: string;
  }): Promise<{ readonly payments: readonly ProviderPayment[]; readonly hasMore: boolean }>;
}

export function createPaymentActivities(payments: Payments) {
  return {
    authorizePayment: activity(authorizePayment, (input) => payments.authorizePayment(input)),
    confirmPayment: activity(confirmPayment, (input) => payments.confirmPayment(input)),
    renewPayment: activity(renewPayment, (input) => payments.renewPayment(input)),
    voidPayment: activity(voidPayment, (input) => payments.voidPayment(input)),
    capturePayment: activity(capturePayment, (input) => payments.capturePayment(input)),
    refundPayment: activity(refundPayment, (input) => payments.refundPayment(input)),
  };
}

export type PaymentActivities = ReturnType<typeof createPaymentActivities>;
