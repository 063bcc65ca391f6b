// What the merchant asks for: pure functions from the present payment to the answer and the facts.
import { internalError, type Decision } from '../decision';
import type { Sources } from '../sources';
import { isCaptured, isOpen, type PaymentRecord, type PaymentTimes } from './payment';
import { amountRefused, cardError, invalidState, reauthorizationNotSupported } from './refusals';
import { expiryOf, save, saveAndNotify, settled } from './saving';
import { tokenBehaviour } from './tokens';

/** Captures all or a part of the money; the rest is released. */
export function capture(
  record: PaymentRecord,
  amount: number,
  { disputeMs }: PaymentTimes,
  sources: Sources,
): Decision {
  const { payment } = record;
  if (payment.status !== 'requires_capture') return invalidState('captured', payment);
  const tooLarge = amountRefused(amount, { min: 1, max: payment.amount });
  if (tooLarge) return tooLarge;
  const behaviour = tokenBehaviour(record.token);
  if (behaviour?.captureDeclined) {
    const notification = { type: 'payment.capture_declined', mode: 'synchronous' } as const;
    const refused = saveAndNotify(record, { decline_code: 'card_declined' }, notification, sources);
    return settled(refused, cardError('card_declined', refused.payment));
  }
  const notification = { type: 'payment.captured', mode: 'synchronous' } as const;
  const captured = saveAndNotify(
    record,
    { status: 'captured', amount_captured: amount },
    notification,
    sources,
  );
  if (!behaviour?.disputed) return settled(captured);
  const dueAt = sources.now() + disputeMs;
  const plan = { id: sources.newId('pln'), dueAt, subject: payment.id, step: 'dispute' } as const;
  return settled({ ...captured, facts: [...captured.facts, { kind: 'planned', plan }] });
}

/** Releases the reservation, or cancels an undecided payment. */
export function cancel(record: PaymentRecord, sources: Sources): Decision {
  const { payment, token, healed } = record;
  if (!isOpen(payment)) return invalidState('canceled', payment);
  if (tokenBehaviour(token)?.cancelFails && !healed) return { kind: 'unsettled', answer: internalError };
  const notification = { type: 'payment.canceled', mode: 'synchronous' } as const;
  const change = { status: 'canceled', cancellation_reason: 'requested' } as const;
  return settled(saveAndNotify(record, change, notification, sources));
}

/** Starts the period of the authorization again. */
export function reauthorize(record: PaymentRecord, times: PaymentTimes, sources: Sources): Decision {
  const { payment, token } = record;
  if (payment.status !== 'requires_capture') return invalidState('reauthorized', payment);
  const { reauthorize: trouble } = tokenBehaviour(token) ?? {};
  if (trouble === 'unsupported') return reauthorizationNotSupported(payment);
  if (trouble === 'declined') {
    return { kind: 'settled', answer: cardError('card_declined', payment), subject: payment.id, facts: [] };
  }
  const { change, plan } = expiryOf({ id: payment.id, token }, times, sources);
  const renewed = save(record, change, sources);
  return settled({ ...renewed, facts: [...renewed.facts, plan] });
}

/** Refunds all or a part of the captured money. */
export function refund(record: PaymentRecord, amount: number, sources: Sources): Decision {
  return refundWith(record, amount, 'synchronous', sources);
}

export function refundWith(
  record: PaymentRecord,
  amount: number | undefined,
  mode: 'synchronous' | 'asynchronous',
  sources: Sources,
): Decision {
  const { payment } = record;
  if (!isCaptured(payment)) return invalidState('refunded', payment);
  const left = payment.amount_captured - payment.amount_refunded;
  const given = amount ?? left;
  const tooLarge = amountRefused(given, { min: 1, max: left });
  if (tooLarge) return tooLarge;
  const change = {
    status: given === left ? 'refunded' : 'partially_refunded',
    amount_refunded: payment.amount_refunded + given,
  } as const;
  return settled(saveAndNotify(record, change, { type: 'payment.refunded', mode }, sources));
}
