import type { StepCall } from 'sagaline/workflow';
import { failureOf, FAILURES, markdown, SagaFailure } from 'sagaline/workflow';
import { REASONS } from '../../../domains/shop/names';
import type { AuthorizedAmount } from '../../../domains/shop/rules/authorizations';
import type { Order } from './parts';
import { needsFourEyes, paymentOf, priceOf } from './parts';

/** A payment of the customer. */
export interface Paid extends AuthorizedAmount {
  /** Paid in another way than by the authorization: the provider cannot refund it. */
  readonly byHand: boolean;
}

/**
 * Captures the payment for goods that have left. A failed capture cannot compensate the dispatch: a person decides whether to try
 * again, to give the customer the goods, or to take the money in another way.
 *
 * @returns an empty list when the customer gets the goods for nothing
 */
export async function takePayment(order: Order, authorization: AuthorizedAmount): Promise<Paid[]> {
  const { steps, machine, decisions, things } = order;
  let capture = steps.capturePayment(paymentOf(order, authorization));
  for (;;) {
    try {
      await capture.run('forward');
      things.taken.add(authorization.paymentId);
      return [{ ...authorization, byHand: false }];
    } catch (error) {
      const { kind: meaning, type, message } = failureOf(error);
      if (type === FAILURES.stepCompensated) throw error;
      const words = markdown`The parcel is on its way, and **the payment cannot be taken**: ${message}`;
      const fourEyes = needsFourEyes(order, authorization.amount);
      const about = { what: 'capturePayment', message, fourEyes };
      const { kind } = await decisions.ask(machine.transitionSilently('capture-refused'), words, about);
      machine.transition('payment-decided', `The parcel is on its way. Payment: ${kind}.`);
      // The key of a refused attempt is used up; after any other failure the provider is asked for its outcome under the
      // same key.
      if (meaning === 'refused') capture = steps.capturePayment(paymentOf(order, authorization));
      if (kind !== 'retry') return kind === 'skip' ? [] : [{ ...authorization, byHand: true }];
    }
  }
}

/**
 * Refunds a payment, or a part of it. What was already refunded at the provider is not refunded again, and nothing is
 * refunded while the payment is disputed, because the bank may give the money back. A person refunds by hand what was paid
 * by hand, and decides about a refund that fails within the time of a compensation.
 */
export async function giveBack(order: Order, { byHand, ...part }: Paid): Promise<void> {
  const { machine, decisions } = order;
  const amount = priceOf(order, part.amount);
  const refund = byHand ? undefined : refundOf(order, part);
  for (;;) {
    const message = refund
      ? await failureIn(refund)
      : `${amount} were taken by hand, and have to be given back by hand`;
    if (message === undefined) return;
    const about = { what: 'refundPayment', message, fourEyes: needsFourEyes(order, part.amount) };
    const asking = machine.transitionSilently(refund ? 'refund-failed' : 'paid-by-hand');
    const { kind } = await decisions.ask(asking, markdown`**${message}**.`, about);
    machine.transition('payment-decided', `Not all has arrived. Payment: ${kind}.`);
    if (kind !== 'retry') return;
  }

  async function failureIn(attempt: () => Promise<void>): Promise<string | undefined> {
    try {
      await attempt();
      return undefined;
    } catch (error) {
      return `${amount} cannot be given back: ${failureOf(error).message}`;
    }
  }
}

/** Uses one call for all attempts, whatever a person decides: the provider refunds once for its key. */
function refundOf(order: Order, part: AuthorizedAmount): () => Promise<void> {
  const { steps, things } = order;
  const held = { ...part, amount: things.payments.get(part.paymentId) ?? part.amount };
  let refund: StepCall<void> | undefined;
  return async () => {
    const { disputed, refunded, says } = await steps.confirmPayment(paymentOf(order, held)).run();
    if (disputed) throw new SagaFailure('unknown', REASONS.paymentDisputed, `${says}, and disputed`);
    const left = part.amount - refunded;
    if (left <= 0) return;
    refund ??= steps.refundPayment(paymentOf(order, { ...part, amount: left }));
    // Run as a compensation: it is given up soon, so that a person can decide.
    await refund.run('compensate');
  };
}
