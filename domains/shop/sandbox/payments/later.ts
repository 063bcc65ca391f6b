// What the provider does later, without a call: pure functions from the present payment to facts.
import type { Fact, PaymentStep } from '../facts';
import type { Sources } from '../sources';
import { isCaptured, isUndecided, type PaymentRecord, type PaymentTimes } from './payment';
import { expiryOf, saveAndNotify } from './saving';

/** Carries out a plan that is due; does nothing when the payment has changed its state in the meantime. */
export function paymentStep(
  record: PaymentRecord,
  step: PaymentStep,
  times: PaymentTimes,
  sources: Sources,
): readonly Fact[] {
  const { payment } = record;
  switch (step) {
    case 'authorize':
      return isUndecided(payment) ? authorizeLater(record, times, sources) : [];
    case 'decline':
      return isUndecided(payment) ? declineLater(record, sources) : [];
    case 'expire':
      return payment.status === 'requires_capture' ? cancelByItself(record, 'expired', sources) : [];
    case 'abandon':
      return payment.status === 'requires_action' ? cancelByItself(record, 'abandoned', sources) : [];
    case 'dispute':
      return isCaptured(payment) && !payment.dispute ? openDispute(record, undefined, sources) : [];
    default:
      return step satisfies never;
  }
}

/** Authorises an undecided payment, without a call. */
export function authorizeLater(
  record: PaymentRecord,
  times: PaymentTimes,
  sources: Sources,
): readonly Fact[] {
  const { change, plan } = expiryOf({ id: record.payment.id, token: record.token }, times, sources);
  const notification = { type: 'payment.authorized', mode: 'asynchronous' } as const;
  return [...saveAndNotify(record, change, notification, sources).facts, plan];
}

/** Declines an undecided payment, without a call. */
export function declineLater(record: PaymentRecord, sources: Sources): readonly Fact[] {
  const code = record.payment.status === 'requires_action' ? 'authentication_failed' : 'card_declined';
  const notification = { type: 'payment.declined', mode: 'asynchronous' } as const;
  return saveAndNotify(record, { status: 'declined', decline_code: code }, notification, sources).facts;
}

export function cancelByItself(
  record: PaymentRecord,
  reason: 'by_hand' | 'expired' | 'abandoned',
  sources: Sources,
): readonly Fact[] {
  const notification = { type: 'payment.canceled', mode: 'asynchronous' } as const;
  const change = { status: 'canceled', cancellation_reason: reason } as const;
  return saveAndNotify(record, change, notification, sources).facts;
}

/** The cardholder disputes the payment at the bank; without an amount, for all that was not refunded. */
export function openDispute(
  record: PaymentRecord,
  amount: number | undefined,
  sources: Sources,
): readonly Fact[] {
  const { amount_captured, amount_refunded } = record.payment;
  const dispute = {
    id: sources.newId('dsp'),
    status: 'needs_response',
    amount: amount ?? amount_captured - amount_refunded,
    reason: 'fraudulent',
  } as const;
  const notification = { type: 'payment.dispute_opened', mode: 'asynchronous' } as const;
  return saveAndNotify(record, { dispute }, notification, sources).facts;
}
