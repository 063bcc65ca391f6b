import type { StepCall } from 'sagaline/workflow';
import { failureOf, FAILURES, SagaFailure } from 'sagaline/workflow';
import { REASONS } from '../../../domains/shop/names';
import type { AuthorizedAmount } from '../../../domains/shop/rules/authorizations';
import type { Order } from './parts';
import { paymentOf, priceOf } from './parts';

/** What a customer has paid. */
export interface Paid extends AuthorizedAmount {
  /** In another way than by the authorization: the provider has none of it to give back. */
  readonly byHand: boolean;
}

/**
 * Takes the payment for goods that have left. What cannot be taken cannot compensate that: a person decides whether to try again,
 * to let the customer have the goods, or to take the money in another way.
 *
 * @returns nothing where the customer has the goods for nothing
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
      const words = `The parcel is on its way, and **the payment cannot be taken**: ${message}`;
      const about = { what: 'capturePayment', message };
      const { kind } = await decisions.ask(machine.transitionSilently('capture-refused'), words, about);
      machine.transition('payment-decided', `The parcel is on its way. Payment: ${kind}.`);
      // The key of a refused attempt is spent; after any other failure the provider is asked under the same key what became of it.
      if (meaning === 'refused') capture = steps.capturePayment(paymentOf(order, authorization));
      if (kind !== 'retry') return kind === 'skip' ? [] : [{ ...authorization, byHand: true }];
    }
  }
}

/**
 * Gives a payment back, or a part of it. What somebody has given back at the provider is not given twice, and while the
 * payment is disputed nobody knows who will give it back. A person gives back by hand what was taken by hand, and decides
 * about what cannot be given back in the time of a compensation.
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
    const about = { what: 'refundPayment', message };
    const asking = machine.transitionSilently(refund ? 'refund-failed' : 'paid-by-hand');
    const { kind } = await decisions.ask(asking, `**${message}**.`, about);
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

/** One call, once it was made, whatever a person says: the provider gives the money back once for its key. */
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
    // As a compensation: it is given up soon for a person to decide.
    await refund.run('compensate');
  };
}
