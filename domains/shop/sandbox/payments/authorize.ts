import { internalError, type Decision } from '../decision';
import type { Fact } from '../facts';
import { unixSeconds, type Sources } from '../sources';
import { faultOfAnswer, troubleBefore } from '../trouble';
import { amountLimits } from './limits';
import type { Payment, PaymentRecord, PaymentStatus, PaymentTimes } from './payment';
import { amountRefused, cardError, tokenRefused } from './refusals';
import { actionPlanId, expiryOf } from './saving';
import { tokenBehaviour, type TokenBehaviour } from './tokens';
import { paymentWebhook, type PaymentNotification } from './webhook';

export interface PaymentRequest {
  readonly amount: number;
  readonly currency: string;
  readonly payment_method: string;
  readonly merchant_reference: string;
}

export interface Circumstances {
  /** The earlier requests with the same key that had no effect. */
  readonly tries: number;
  readonly tokenUsed: boolean;
  /** The URL at which the caller reaches the sandbox, such as `http://127.0.0.1:8090`; links to people's pages begin with it. */
  readonly baseUrl: string;
  readonly times: PaymentTimes;
}

/** Authorises the payment: reserves the money. */
export function authorize(
  request: PaymentRequest,
  { tries, tokenUsed, baseUrl, times }: Circumstances,
  sources: Sources,
): Decision {
  const outOfLimits = amountRefused(request.amount, amountLimits(request.currency));
  if (outOfLimits) return outOfLimits;
  const behaviour = tokenBehaviour(request.payment_method);
  if (!behaviour) return tokenRefused('token_unknown');
  if (behaviour.expired) return tokenRefused('token_expired');
  if (behaviour.singleUse && tokenUsed) return tokenRefused('token_already_used');
  const trouble = troubleBefore(behaviour, tries);
  if (trouble) return trouble;
  if (behaviour.errorKept === 'without-effect') return { kind: 'settled', answer: internalError, facts: [] };

  const id = sources.newId('pay');
  const now = unixSeconds(sources.now());
  const status = firstStatus(behaviour);
  const held =
    status === 'requires_capture'
      ? expiryOf({ id, token: request.payment_method }, times, sources)
      : undefined;
  const payment: Payment = {
    id,
    object: 'payment',
    status,
    amount: request.amount,
    amount_captured: 0,
    amount_refunded: 0,
    currency: request.currency,
    merchant_reference: request.merchant_reference,
    ...(behaviour.decline && { decline_code: behaviour.decline }),
    ...(behaviour.action && {
      next_action: { type: 'redirect', redirect_url: `${baseUrl}/sandbox/payments/${id}/authenticate` },
    }),
    ...held?.change,
    created: now,
    updated: now,
  };
  const record: PaymentRecord = { payment, token: request.payment_method, healed: false };
  const notification = NOTIFICATIONS[status];
  const facts: Fact[] = [
    { kind: 'payment-saved', record },
    ...(notification ? [paymentWebhook(notification, record, 'synchronous', sources)] : []),
    ...(held ? [held.plan] : []),
    ...plansOf(payment, behaviour, times, sources),
  ];
  const answer = answerTo(payment, behaviour);
  return { kind: 'settled', answer, subject: id, facts, fault: faultOfAnswer(behaviour) };
}

const NOTIFICATIONS: Partial<Record<PaymentStatus, PaymentNotification>> = {
  declined: 'payment.declined',
  requires_action: 'payment.requires_action',
  requires_capture: 'payment.authorized',
};

function firstStatus({ decline, pending, action }: TokenBehaviour): PaymentStatus {
  if (decline) return 'declined';
  if (pending) return 'pending';
  return action ? 'requires_action' : 'requires_capture';
}

function answerTo(payment: Payment, { decline, errorKept }: TokenBehaviour) {
  if (decline) return cardError(decline, payment);
  return errorKept ? internalError : { status: 201, body: payment };
}

/** The plans that will decide a payment that is not decided yet. */
function plansOf(
  { id }: Payment,
  { pending, action }: TokenBehaviour,
  { pendingMs, actionMs }: PaymentTimes,
  sources: Sources,
): Fact[] {
  const facts: Fact[] = [];
  const outcome = pending ?? action;
  if (outcome === 'authorized' || outcome === 'declined') {
    const step = outcome === 'authorized' ? 'authorize' : 'decline';
    const dueAt = sources.now() + pendingMs;
    facts.push({ kind: 'planned', plan: { id: sources.newId('pln'), dueAt, subject: id, step } });
  }
  if (action) {
    const dueAt = sources.now() + actionMs;
    facts.push({ kind: 'planned', plan: { id: actionPlanId(id), dueAt, subject: id, step: 'abandon' } });
  }
  return facts;
}
