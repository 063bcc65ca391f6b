import { z } from 'zod';
import type { PaymentStanding, ProviderPayment } from '../../domains/shop/rules/confirmation';
import { sealedOr } from 'sagaline';
import { activity } from 'sagaline/activities';
import { charge, orderId, requestCompensated, stepKey } from './shapes';

const paymentToken = z.string().min(1).max(128);
const paymentId = z.string().min(1).max(128);
const authorizePayment = z.object({
  key: stepKey,
  orderId,
  total: charge,
  paymentToken: sealedOr(paymentToken),
});
/** The request of the authorisation itself: if its outcome is unknown, the compensation has to find it out first. */
const voidPayment = z.object({ undoes: requestCompensated<z.infer<typeof authorizePayment>>() });
const capturePayment = z.object({ key: stepKey, orderId, paymentId, total: charge });
const refundPayment = z.object({ key: stepKey, orderId, paymentId, total: charge });
const renewPayment = z.object({ key: stepKey, orderId, paymentId, total: charge });
const confirmPayment = z.object({ orderId, paymentId, total: charge });

export type AuthorizePayment = z.infer<typeof authorizePayment>;
/** What the provider is told: the token in clear. */
export type ProviderAuthorization = Omit<AuthorizePayment, 'paymentToken'> & {
  readonly paymentToken: string;
};
export type VoidPayment = z.infer<typeof voidPayment>;
export type CapturePayment = z.infer<typeof capturePayment>;
export type RefundPayment = z.infer<typeof refundPayment>;
export type RenewPayment = z.infer<typeof renewPayment>;
export type ConfirmPayment = z.infer<typeof confirmPayment>;

/** `pending`: the provider has not decided yet, and sends its decision by webhook. */
export interface Authorization {
  readonly paymentId: string;
  readonly state: 'authorized' | 'pending';
  /**
   * When the authorization expires, in milliseconds since 1970; absent when nothing is authorised, or the provider does not
   * tell.
   */
  readonly expiresAt?: number | undefined;
  /** Where the customer has to confirm a pending payment; absent when the customer has nothing to do. */
  readonly actionUrl?: string | undefined;
}

/** An authorization that was renewed. */
export type Renewal = Pick<Authorization, 'expiresAt'>;

/** Payments, each step once: the shop's record and the payment provider's agree. */
export interface Payments {
  /**
   * Authorises the amount on the customer's payment method. A repeat gets the first answer, even if a pending payment has been
   * decided since.
   * @throws RefusalError of type `payment-declined`, `payment-method-unusable` or `amount-not-accepted`
   */
  authorizePayment(input: AuthorizePayment): Promise<Authorization>;
  /**
   * Asks the provider for the state of a payment, at every call, and records its decision, or that nothing is authorised any
   * more. An event about a payment is only a reason to ask.
   */
  confirmPayment(input: ConfirmPayment): Promise<PaymentStanding>;
  /**
   * Renews an authorization before it expires.
   * @throws RefusalError of type `authorization-not-renewable`, `payment-voided` or `payment-declined`
   */
  renewPayment(input: RenewPayment): Promise<Renewal>;
  /**
   * Voids the authorization, or cancels the pending payment. A payment that was never made is then never made later. When the
   * provider has declined or cancelled it meanwhile, there is nothing to void.
   */
  voidPayment(input: VoidPayment): Promise<void>;
  /**
   * Captures the amount, which is all that is authorised or a part of it; the rest of the authorization is released.
   * @throws RefusalError of type `payment-declined`, or `payment-voided` when nothing is authorised any more
   */
  capturePayment(input: CapturePayment): Promise<void>;
  /** Refunds the amount, which is all that was captured or a part of it. */
  refundPayment(input: RefundPayment): Promise<void>;
}

/** A payment provider, reached over HTTP. Every call is idempotent by its key. */
export interface PaymentProvider {
  /** @throws RefusalError of type `payment-declined`, `payment-method-unusable` or `amount-not-accepted` */
  authorize(request: ProviderAuthorization): Promise<Authorization>;
  /**
   * Finds the authorization that was made under a key; `undefined` when the provider does not know the key. A payment that has
   * been captured, refunded or cancelled since counts as authorized.
   * @throws RefusalError of type `payment-declined`
   */
  findByKey(key: string): Promise<Authorization | undefined>;
  /** @throws RefusalError of type `authorization-not-renewable`, `payment-voided` or `payment-declined` */
  reauthorize(request: { key: string; paymentId: string }): Promise<Renewal>;
  /**
   * The id of the payment that was made under a key, even if its other fields are invalid; `undefined` when there is none.
   * @throws RefusalError of type `payment-declined`: nothing is authorised
   */
  findToCancel(key: string): Promise<string | undefined>;
  /** @throws RefusalError of type `payment-declined`, or `payment-voided` when nothing is authorised any more */
  capture(request: { key: string; paymentId: string; amount: number }): Promise<void>;
  /** Whether the payment has been captured. */
  isCaptured(paymentId: string): Promise<boolean>;
  /**
   * Voids the authorization or cancels the pending payment; `declined` when the provider has declined it, and nothing is
   * authorised.
   */
  cancel(request: { key: string; paymentId: string }): Promise<'voided' | 'declined'>;
  refund(request: { key: string; paymentId: string; amount: number }): Promise<void>;
  /** Whether everything that was captured has been refunded. */
  isRefunded(paymentId: string): Promise<boolean>;
  /** The payment as it is now; `undefined` when the provider has none with this id. */
  paymentOf(paymentId: string): Promise<ProviderPayment | undefined>;
  /**
   * A page of the provider's own books: the payments that have changed since a time, the oldest change first.
   *
   * @param query.since in milliseconds since 1970
   * @param query.after the last payment of the previous page
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
