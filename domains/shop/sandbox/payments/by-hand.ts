// What a person does in the provider's back office, or the cardholder at the bank: no call of the merchant is involved.
import { refusal, type Decision } from '../decision';
import type { Fact } from '../facts';
import type { Sources } from '../sources';
import { refundWith } from './changes';
import { authorizeLater, cancelByItself, declineLater, openDispute } from './later';
import { isCaptured, isOpen, type PaymentRecord, type PaymentTimes } from './payment';
import { amountRefused, invalidState } from './refusals';
import { saveAndNotify } from './saving';

export type ByHand =
  | { readonly act: 'cancel' | 'expire' }
  | { readonly act: 'refund' | 'dispute'; readonly amount?: number | undefined }
  | { readonly act: 'authenticate'; readonly outcome: 'succeeded' | 'failed' }
  | { readonly act: 'close-dispute'; readonly outcome: 'won' | 'lost' };

export function byHand(
  record: PaymentRecord,
  request: ByHand,
  times: PaymentTimes,
  sources: Sources,
): Decision {
  const { payment } = record;
  switch (request.act) {
    case 'cancel':
      return isOpen(payment)
        ? done(record, cancelByItself(record, 'by_hand', sources))
        : invalidState('canceled', payment);
    case 'expire': {
      const reason = payment.status === 'requires_action' ? 'abandoned' : 'expired';
      return isOpen(payment)
        ? done(record, cancelByItself(record, reason, sources))
        : invalidState('expired', payment);
    }
    case 'refund':
      return refundWith(record, request.amount, 'asynchronous', sources);
    case 'dispute':
      return dispute(record, request.amount, sources);
    case 'close-dispute':
      return closeDispute(record, request.outcome, sources);
    case 'authenticate':
      if (payment.status !== 'requires_action') return invalidState('authenticated', payment);
      return done(
        record,
        request.outcome === 'succeeded'
          ? authorizeLater(record, times, sources)
          : declineLater(record, sources),
      );
    default:
      return request satisfies never;
  }
}

function dispute(record: PaymentRecord, amount: number | undefined, sources: Sources): Decision {
  const { payment } = record;
  // The bank may dispute a payment that has already been refunded.
  if (!isCaptured(payment) && payment.status !== 'refunded') return invalidState('disputed', payment);
  if (payment.dispute) return disputeIs(payment.dispute.status, record);
  const max = payment.amount_captured;
  const asked = amount ?? (payment.status === 'refunded' ? max : undefined);
  const refused = asked === undefined ? undefined : amountRefused(asked, { min: 1, max });
  return refused ?? done(record, openDispute(record, asked, sources));
}

function closeDispute(record: PaymentRecord, outcome: 'won' | 'lost', sources: Sources): Decision {
  const { dispute: open } = record.payment;
  if (open?.status !== 'needs_response') return disputeIs(open?.status ?? 'missing', record);
  const notification = { type: 'payment.dispute_closed', mode: 'asynchronous' } as const;
  const { facts } = saveAndNotify(record, { dispute: { ...open, status: outcome } }, notification, sources);
  return done(record, facts);
}

function disputeIs(status: string, { payment }: PaymentRecord): Decision {
  const message = `The payment's dispute is ${status}.`;
  const error = { type: 'invalid_state', code: `dispute_${status}`, message };
  return { kind: 'unsettled', answer: refusal(409, error, { payment }) };
}

function done(record: PaymentRecord, facts: readonly Fact[]): Decision {
  const saved = facts.find((fact) => fact.kind === 'payment-saved');
  const { payment } = saved?.record ?? record;
  return { kind: 'settled', answer: { status: 200, body: payment }, subject: payment.id, facts };
}
