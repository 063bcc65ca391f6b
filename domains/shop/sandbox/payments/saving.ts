import type { Answer, Decision } from '../decision';
import type { Fact } from '../facts';
import { unixSeconds, type Sources } from '../sources';
import type { Payment, PaymentRecord, PaymentTimes } from './payment';
import { tokenBehaviour } from './tokens';
import { paymentWebhook, type NotificationMode, type PaymentNotification } from './webhook';

/** A change of a payment, and the facts that make it. */
export interface Saved {
  readonly payment: Payment;
  readonly facts: readonly Fact[];
}

/** Changes the payment; what belongs to its earlier status alone ends with that status. */
export function save(record: PaymentRecord, change: Partial<Payment>, sources: Sources): Saved {
  const { authorization_expires_at, next_action, ...rest } = { ...record.payment, ...change };
  const payment: Payment = {
    ...rest,
    ...(rest.status === 'requires_capture' && authorization_expires_at && { authorization_expires_at }),
    ...(rest.status === 'requires_action' && next_action && { next_action }),
    updated: unixSeconds(sources.now()),
  };
  const facts: Fact[] = [{ kind: 'payment-saved', record: { ...record, payment } }];
  const left = record.payment.status === payment.status ? undefined : record.payment.status;
  if (left === 'requires_capture') facts.push({ kind: 'plan-done', id: authorizationPlanId(payment.id) });
  if (left === 'requires_action') facts.push({ kind: 'plan-done', id: actionPlanId(payment.id) });
  return { payment, facts };
}

/** As `save`, and a webhook says so. */
export function saveAndNotify(
  record: PaymentRecord,
  change: Partial<Payment>,
  notification: { type: PaymentNotification; mode: NotificationMode },
  sources: Sources,
): Saved {
  const { payment, facts } = save(record, change, sources);
  const { type, mode } = notification;
  return { payment, facts: [...facts, paymentWebhook(type, { ...record, payment }, mode, sources)] };
}

/** What an authorised payment has besides: the moment at which its authorization ends, and the plan that ends it. */
export function expiryOf(
  { id, token }: { id: string; token: string },
  { authorizationMs, shortAuthorizationMs }: PaymentTimes,
  sources: Sources,
): { change: Partial<Payment>; plan: Fact } {
  const lengthMs = tokenBehaviour(token)?.shortAuthorization
    ? Math.min(authorizationMs, shortAuthorizationMs)
    : authorizationMs;
  const dueAt = sources.now() + lengthMs;
  return {
    change: { status: 'requires_capture', authorization_expires_at: unixSeconds(dueAt) },
    plan: { kind: 'planned', plan: { id: authorizationPlanId(id), dueAt, subject: id, step: 'expire' } },
  };
}

export function settled(
  { payment, facts }: Saved,
  answer: Answer = { status: 200, body: payment },
): Decision {
  return { kind: 'settled', answer, subject: payment.id, facts };
}

// One plan of a kind for each payment: a new one takes the place of the old.
export const authorizationPlanId = (paymentId: string) => `authorization_${paymentId}`;
export const actionPlanId = (paymentId: string) => `action_${paymentId}`;
