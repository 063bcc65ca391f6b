import type { Fact, KeptAnswer, Plan, Webhook } from './facts';
import type { PaymentRecord } from './payments/payment';
import type { ShipmentRecord } from './shipments/shipment';

/** The whole state of the sandbox; each map is in order of creation. */
export interface State {
  readonly payments: Map<string, PaymentRecord>;
  /** Payment tokens that were used for a payment. */
  readonly usedTokens: Set<string>;
  readonly shipments: Map<string, ShipmentRecord>;
  /** By call id: provider and idempotency key. */
  readonly answers: Map<string, KeptAnswer>;
  /** How many requests with this call id had no lasting answer. */
  readonly tries: Map<string, number>;
  readonly webhooks: Map<string, Webhook>;
  readonly undelivered: Set<string>;
  readonly openPlans: Map<string, Plan>;
}

export function emptyState(): State {
  return {
    payments: new Map(),
    usedTokens: new Set(),
    shipments: new Map(),
    answers: new Map(),
    tries: new Map(),
    webhooks: new Map(),
    undelivered: new Set(),
    openPlans: new Map(),
  };
}

/** Applies the fact to the state. Only this code changes a state, both live and when a journal is read again. */
export function evolve(state: State, fact: Fact): void {
  switch (fact.kind) {
    case 'payment-saved':
      state.payments.set(fact.record.payment.id, fact.record);
      state.usedTokens.add(fact.record.token);
      return;
    case 'shipment-saved':
      state.shipments.set(fact.record.shipment.id, fact.record);
      return;
    case 'answer-kept':
      state.answers.set(fact.callId, fact.answer);
      return;
    case 'call-tried':
      state.tries.set(fact.callId, (state.tries.get(fact.callId) ?? 0) + 1);
      return;
    case 'key-forgotten':
      state.answers.delete(fact.callId);
      state.tries.delete(fact.callId);
      return;
    case 'webhook-queued':
      state.webhooks.set(fact.webhook.id, fact.webhook);
      state.undelivered.add(fact.webhook.id);
      return;
    case 'webhook-delivered':
      state.undelivered.delete(fact.id);
      return;
    case 'webhook-requeued':
      state.undelivered.add(fact.id);
      return;
    case 'planned':
      state.openPlans.set(fact.plan.id, fact.plan);
      return;
    case 'plan-done':
      state.openPlans.delete(fact.id);
      return;
    default:
      fact satisfies never;
  }
}
