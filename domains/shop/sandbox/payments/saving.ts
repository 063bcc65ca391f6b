import type { Answer, Decision } from '../decision';
import type { Fact } from '../facts';
import { unixSeconds, type Sources } from '../sources';
import type { Payment, PaymentRecord, PaymentTimes } from './payment';
import { tokenBehaviour } from './tokens';
import { paymentWebhook, type NotificationMode, type PaymentNotification } from './webhook';

/** A change of a payment, and the facts that record it. */
export interface Saved {
  readonly payment: Payment;
  readonly facts: readonly Fact[];
}

/** Changes the payment, and removes the fields that belong to its earlier status only. */
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

/** Does what `save` does, and adds a webhook about the change. */
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

/** What an authorised payment has in addition: the time at which its authorization expires, and the plan for that. */
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

// A payment has one plan of each kind: a new one replaces the old one.
export const authorizationPlanId = (paymentId: string) => `authorization_${paymentId}`;
export const actionPlanId = (paymentId: string) => `action_${paymentId}`;
