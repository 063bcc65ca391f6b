import { REFUSALS } from '../../domains/shop/names';
import type { AnswerRow } from './provider-answers';

/** Calls of the payment provider: those that change something, and those that only read (`ask`, `look`). */
export type PaymentCall = 'authorize' | 'capture' | 'cancel' | 'refund' | 'reauthorize' | 'ask' | 'look';

const unusable = {
  calls: ['authorize'],
  status: 400,
  means: 'refused',
  as: REFUSALS.paymentMethodUnusable,
  customer: 'another payment method',
} as const;
const notAccepted = {
  calls: ['authorize'],
  status: 400,
  means: 'refused',
  as: REFUSALS.amountNotAccepted,
  customer: 'nothing',
} as const;
const noLongerHeld = {
  calls: ['capture', 'reauthorize'],
  status: 409,
  means: 'refused',
  as: REFUSALS.paymentVoided,
  customer: 'another payment method',
} as const;

/** What the payment provider's answers mean. provider-answers.ts has the defaults for every other answer. */
export const PAYMENT_ANSWERS: readonly AnswerRow<PaymentCall>[] = [
  // The card's issuer has declined. A 402 of another type comes from a proxy, and decides nothing.
  {
    calls: ['authorize', 'capture', 'reauthorize'],
    status: 402,
    type: 'card_error',
    means: 'refused',
    as: REFUSALS.paymentDeclined,
    customer: 'another payment method',
  },
  { ...unusable, code: 'token_unknown' },
  { ...unusable, code: 'token_already_used' },
  { ...unusable, code: 'token_expired' },
  { ...notAccepted, code: 'amount_too_large' },
  { ...notAccepted, code: 'amount_too_small' },
  // The authorization was voided at the provider, by a person or because it expired; or it was declined and never existed.
  { ...noLongerHeld, code: 'payment_canceled' },
  { ...noLongerHeld, code: 'payment_declined' },
  // The authorization expires at its original time.
  {
    calls: ['reauthorize'],
    status: 400,
    code: 'reauthorization_not_supported',
    means: 'refused',
    as: REFUSALS.authorizationNotRenewable,
    customer: 'another payment method',
  },
  // No payment exists under the id.
  { calls: ['look'], status: 404, code: 'resource_missing', means: 'done' },
  // The payment is cancelled already: nothing is left to void.
  { calls: ['cancel'], status: 409, code: 'payment_canceled', means: 'done' },
  // The payment was pending, and has been declined meanwhile: there never was an authorization.
  { calls: ['cancel'], status: 409, code: 'payment_declined', means: 'done' },
  // All of it has been refunded already, by another party: the customer must not get it twice.
  { calls: ['refund'], status: 409, code: 'payment_refunded', means: 'done' },
  // Our key was used for another request: only a person can find out for what.
  { status: 422, code: 'key_reused', means: 'defect', effect: 'unknown' },
];
