// What the payment provider decides: pure functions from a request and the payment as it is to answer and facts.
import { fateOfAnswer, internalError, refusal, troubleBefore, type Answer, type Decision } from './decision';
import type { Fact, Payment, PaymentRecord, Plan } from './facts';
import { tokenBehaviour, type DeclineCode, type PaymentToken } from './magic';
import { paymentWebhook, type PaymentNews } from './payment-webhook';
import { unixSeconds, type Sources } from './sources';

export interface PaymentRequest {
  readonly amount: number;
  readonly currency: string;
  readonly payment_method: PaymentToken;
  readonly merchant_reference: string;
}

export interface PaymentTimes {
  readonly pendingMs: number;
}

const DECLINE_MESSAGES: Record<DeclineCode, string> = {
  card_declined: 'The card was declined.',
  insufficient_funds: 'The card has insufficient funds.',
  expired_card: 'The card has expired.',
};

/** Reserves the money; `tries` counts the earlier requests with the same key that nothing came of. */
export function authorize(
  request: PaymentRequest,
  tries: number,
  times: PaymentTimes,
  sources: Sources,
): Decision {
  const behaviour = tokenBehaviour(request.payment_method);
  const trouble = troubleBefore(behaviour, tries);
  if (trouble) return trouble;

  const payment: Payment = {
    id: sources.newId('pay'),
    object: 'payment',
    status: behaviour.decline ? 'declined' : behaviour.pending ? 'pending' : 'requires_capture',
    amount: request.amount,
    amount_captured: 0,
    amount_refunded: 0,
    currency: request.currency,
    merchant_reference: request.merchant_reference,
    ...(behaviour.decline && { decline_code: behaviour.decline }),
    created: unixSeconds(sources.now()),
  };
  const record: PaymentRecord = { payment, token: request.payment_method, healed: false };
  const facts: Fact[] = [{ kind: 'payment-saved', record }];

  if (behaviour.decline) {
    facts.push(paymentWebhook('payment.declined', payment, 'synchronous', sources));
    return { kind: 'settled', answer: cardError(behaviour.decline, payment), subject: payment.id, facts };
  }
  if (!behaviour.pending) {
    facts.push(paymentWebhook('payment.authorized', payment, 'synchronous', sources));
  } else if (behaviour.pending !== 'forever') {
    const step = behaviour.pending === 'authorized' ? 'authorize' : 'decline';
    const dueAt = sources.now() + times.pendingMs;
    facts.push({ kind: 'planned', plan: { id: sources.newId('pln'), dueAt, subject: payment.id, step } });
  }
  const answer = { status: 201, body: payment };
  return { kind: 'settled', answer, subject: payment.id, facts, fate: fateOfAnswer(behaviour) };
}

/** The outcome of a pending payment; nothing when it was cancelled in the meantime. */
export function settlePending(record: PaymentRecord, step: Plan['step'], sources: Sources): Fact[] {
  const { payment } = record;
  if (payment.status !== 'pending') return [];
  const settled: Payment =
    step === 'authorize'
      ? { ...payment, status: 'requires_capture' }
      : { ...payment, status: 'declined', decline_code: 'card_declined' };
  const type = step === 'authorize' ? 'payment.authorized' : 'payment.declined';
  return [
    { kind: 'payment-saved', record: { ...record, payment: settled } },
    paymentWebhook(type, settled, 'asynchronous', sources),
  ];
}

/** Takes the money, all or a part; what is not captured is released. */
export function capture(record: PaymentRecord, amount: number, sources: Sources): Decision {
  const { payment } = record;
  if (payment.status !== 'requires_capture') return invalidState('captured', payment);
  if (amount > payment.amount) return amountTooLarge(payment.amount);
  if (tokenBehaviour(record.token).captureDeclined) {
    const refused: Payment = { ...payment, decline_code: 'card_declined' };
    const facts = changed(record, refused, 'payment.capture_declined', sources);
    return { kind: 'settled', answer: cardError('card_declined', refused), subject: payment.id, facts };
  }
  const captured: Payment = { ...payment, status: 'captured', amount_captured: amount };
  return done(record, captured, 'payment.captured', sources);
}

/** Releases the reservation, or withdraws a pending one. */
export function cancel(record: PaymentRecord, sources: Sources): Decision {
  const { payment } = record;
  if (payment.status !== 'requires_capture' && payment.status !== 'pending') {
    return invalidState('canceled', payment);
  }
  if (tokenBehaviour(record.token).cancelFails && !record.healed) {
    return { kind: 'unsettled', answer: internalError };
  }
  return done(record, { ...payment, status: 'canceled' }, 'payment.canceled', sources);
}

/** Gives captured money back, all or a part. */
export function refund(record: PaymentRecord, amount: number, sources: Sources): Decision {
  const { payment } = record;
  if (payment.status !== 'captured' && payment.status !== 'partially_refunded') {
    return invalidState('refunded', payment);
  }
  const left = payment.amount_captured - payment.amount_refunded;
  if (amount > left) return amountTooLarge(left);
  const refunded: Payment = {
    ...payment,
    status: amount === left ? 'refunded' : 'partially_refunded',
    amount_refunded: payment.amount_refunded + amount,
  };
  return done(record, refunded, 'payment.refunded', sources);
}

function done(record: PaymentRecord, payment: Payment, news: PaymentNews, sources: Sources): Decision {
  const facts = changed(record, payment, news, sources);
  return { kind: 'settled', answer: { status: 200, body: payment }, subject: payment.id, facts };
}

function changed(record: PaymentRecord, payment: Payment, news: PaymentNews, sources: Sources): Fact[] {
  return [
    { kind: 'payment-saved', record: { ...record, payment } },
    paymentWebhook(news, payment, 'synchronous', sources),
  ];
}

function cardError(code: DeclineCode, payment: Payment): Answer {
  return refusal(402, { type: 'card_error', code, message: DECLINE_MESSAGES[code] }, { payment });
}

function invalidState(verb: string, payment: Payment): Decision {
  const message = `A payment that is ${payment.status} cannot be ${verb}.`;
  const error = { type: 'invalid_state', code: `payment_${payment.status}`, message };
  return { kind: 'unsettled', answer: refusal(409, error, { payment }) };
}

function amountTooLarge(limit: number): Decision {
  const message = `amount: must not be more than ${limit}`;
  const error = { type: 'invalid_request', code: 'amount_too_large', message };
  return { kind: 'unsettled', answer: refusal(400, error, { param: 'amount' }) };
}
