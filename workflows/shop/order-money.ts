import { failureOf, FAILURES, SagaFailure } from 'sagaline/workflow';
import { REASONS } from '../../domains/shop/names';
import type { Hold } from '../../domains/shop/rules/holds';
import type { Order } from './order-parts';

/** What a customer has paid. */
export interface Paid extends Hold {
  /** In another way than by the hold: the provider has none of it to give back. */
  readonly byHand: boolean;
}

/**
 * Takes the payment for goods that have left. What cannot be taken cannot undo that: a person decides whether to try again,
 * to let the customer have the goods, or to take the money in another way.
 *
 * @returns nothing where the customer has the goods for nothing
 */
export async function takePayment(order: Order, hold: Hold): Promise<Paid[]> {
  const { steps, course, decisions, things } = order;
  let capture = steps.capturePayment(hold);
  for (;;) {
    try {
      await capture();
      things.taken.add(hold.paymentId);
      return [{ ...hold, byHand: false }];
    } catch (error) {
      const { kind: meaning, type, message } = failureOf(error);
      if (type === FAILURES.stepUndone) throw error;
      const words = `The parcel is on its way, and **the payment cannot be taken**: ${message}`;
      const about = { what: 'capturePayment', message };
      const { kind } = await decisions.ask(course.pass('capture-refused'), words, about);
      course.go('payment-decided', `The parcel is on its way. Payment: ${kind}.`);
      if (meaning === 'refused') capture = steps.capturePayment(hold);
      if (kind !== 'retry') return kind === 'skip' ? [] : [{ ...hold, byHand: true }];
    }
  }
}

/**
 * Gives a payment back, or a part of it. What somebody has given back at the provider is not given twice, and while the
 * payment is disputed nobody knows who will give it back. A person gives back by hand what was taken by hand, and decides
 * about what cannot be given back in the time of an undo.
 */
export async function giveBack(order: Order, { byHand, ...part }: Paid): Promise<void> {
  const { steps, course, decisions } = order;
  const amount = steps.price(part.amount);
  const refund = byHand ? undefined : refundOf(order, part);
  for (;;) {
    const message = refund
      ? await failureIn(refund)
      : `${amount} were taken by hand, and have to be given back by hand`;
    if (message === undefined) return;
    const about = { what: 'refundPayment', message };
    const asking = course.pass(refund ? 'refund-failed' : 'paid-by-hand');
    const { kind } = await decisions.ask(asking, `**${message}**.`, about);
    course.go('payment-decided', `Not all has arrived. Payment: ${kind}.`);
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

function refundOf({ steps, things }: Order, part: Hold): () => Promise<void> {
  const refund = steps.refundPayment(part.paymentId);
  const held = { ...part, amount: things.payments.get(part.paymentId) ?? part.amount };
  return async () => {
    const { disputed, refunded, says } = await steps.confirmPayment(held);
    if (disputed) throw new SagaFailure('unknown', REASONS.paymentDisputed, `${says}, and disputed`);
    const left = part.amount - refunded;
    if (left > 0) await refund(left);
  };
}
