import { REFUSALS } from '../../domains/shop/names';
import type { AnswerRow } from './provider-answers';

/** Calls of the payment provider that change something, and those that only ask. */
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

/** What the payment provider's answers mean. What is not here is in the defaults of provider-answers.ts. */
export const PAYMENT_ANSWERS: readonly AnswerRow<PaymentCall>[] = [
  // The card's issuer has said no. A 402 of another type comes from someone on the way, and decides nothing.
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
  // Of an authorization that was lifted at the provider, by a person or because it has expired; or that never came to be.
  { ...noLongerHeld, code: 'payment_canceled' },
  { ...noLongerHeld, code: 'payment_declined' },
  // It ends when it ends.
  {
    calls: ['reauthorize'],
    status: 400,
    code: 'reauthorization_not_supported',
    means: 'refused',
    as: REFUSALS.authorizationNotRenewable,
    customer: 'another payment method',
  },
  // What is looked for by its id is not there.
  { calls: ['look'], status: 404, code: 'resource_missing', means: 'done' },
  // Lifted by someone else: there is nothing left to lift.
  { calls: ['cancel'], status: 409, code: 'payment_canceled', means: 'done' },
  // It was pending, and has been declined meanwhile: there never was an authorization.
  { calls: ['cancel'], status: 409, code: 'payment_declined', means: 'done' },
  // Someone else has given all of it back: the customer must not get it twice.
  { calls: ['refund'], status: 409, code: 'payment_refunded', means: 'done' },
  // Under our key something else was made: nobody but a person can tell what.
  { status: 422, code: 'key_reused', means: 'defect', effect: 'unknown' },
];
