import type { SubmittedOrder } from '../../../../domains/shop/events/orders';
import { EVENTS } from '../../../../domains/shop/names';
import { amend } from '../../../../domains/shop/rules/amendment';
import { orderTotal } from '../../../../domains/shop/rules/pricing';
import type { OrderInput } from '../../../../domains/shop/rules/inputs';
import type { OrderMachineState } from '../../../../domains/shop/rules/transitions';
import { isRefusal, transition } from '../../../../domains/shop/rules/transitions';

/** A request of a person, or a notification of the carrier, in the property test. */
export type Move =
  | { readonly kind: 'cancel' | 'dispatched' | 'delivered' | 'lost' }
  | { readonly kind: 'payment-method'; readonly good: boolean }
  | { readonly kind: 'amend'; readonly pieces: number };

/** The observable state of an order. */
export interface Seen {
  readonly state: OrderMachineState;
  readonly amount: number;
  /** `amended`, or the reason of the refusal, in sequence. */
  readonly amendments: readonly string[];
  readonly refusedCancellations: number;
}

const TYPES = {
  cancel: EVENTS.cancellationRequested,
  dispatched: EVENTS.shipmentDispatched,
  delivered: EVENTS.shipmentDelivered,
  lost: EVENTS.shipmentLost,
  'payment-method': EVENTS.paymentMethodProvided,
  amend: EVENTS.amendmentRequested,
} as const;

/** More pieces than any warehouse has. */
const TOO_MANY = 900;

/**
 * A model of an order by its rules: the table of transitions and the rule of amendments, without the workflow. It processes one
 * event completely before the next one comes.
 */
export function createModel(order: SubmittedOrder, paymentAttempts: number) {
  let state: OrderMachineState = 'placing';
  let content: SubmittedOrder = order;
  let refusedCancellations = 0;
  let attempts = 0;
  const amendments: string[] = [];
  const kept: Move[] = [];

  function go(input: OrderInput): void {
    const target = transition(state, input);
    if (target === undefined || target === 'back' || isRefusal(target))
      throw new Error(`the model has no way from ${state} for ${input}`);
    state = target;
  }

  /** The payment is tried; if it succeeds, the order gets the amendments requested meanwhile, and is booked. */
  function pay(good: boolean): void {
    attempts += 1;
    if (good) {
      for (const move of take('amend')) decide(move);
      go('booked');
      const [left] = take('dispatched', 1);
      if (left) apply(left);
      return;
    }
    if (attempts < paymentAttempts) {
      go('payment-refused');
      // A payment method that came before the request for it is used at once.
      const [early] = take('payment-method', 1);
      if (early) apply(early);
      return;
    }
    go('step-refused');
    end('compensated-unconfirmed');
  }

  function decide(move: Move): void {
    if (move.kind !== 'amend') return;
    const amended = amend(content, {
      lines: [{ sku: 'TEA-GREEN-250', quantity: move.pieces, unitPrice: 2_490 }],
    });
    if (amended.kind === 'refused') amendments.push(amended.reason);
    else if (move.pieces >= TOO_MANY) amendments.push('out-of-stock');
    else {
      amendments.push('amended');
      content = { ...content, ...amended.content };
    }
  }

  function take(kind: Move['kind'], atMost = kept.length): Move[] {
    const found = kept.filter((move) => move.kind === kind).slice(0, atMost);
    for (const move of found) kept.splice(kept.indexOf(move), 1);
    return found;
  }

  /** Refuses the requests that were not applied. */
  function end(input: OrderInput): void {
    amendments.push(...take('amend').map(() => 'too-late'));
    go(input);
  }

  function apply(move: Move): void {
    const type = TYPES[move.kind];
    const target = transition(state, type);
    if (target === undefined) return void kept.push(move);
    if (isRefusal(target)) {
      if (move.kind === 'amend') amendments.push(target.refused);
      else refusedCancellations += 1;
      return;
    }
    go(type);
    switch (move.kind) {
      case 'amend': {
        decide(move);
        return;
      }
      case 'payment-method': {
        pay(move.good);
        return;
      }
      case 'cancel': {
        end('compensated-for-customer');
        return;
      }
      case 'dispatched':
        // An earlier notification of the parcel was false: the carrier does not confirm it, and it becomes a dead letter.
        return;
      case 'delivered': {
        end('arrived');
        return;
      }
      case 'lost': {
        end('money-back');
        return;
      }
    }
  }

  return {
    submit: (good: boolean) => pay(good),
    apply,
    seen: (): Seen => ({
      state,
      amount: orderTotal(content).amount,
      amendments: [...amendments],
      refusedCancellations,
    }),
    /** The number of pieces that the customer wants, and gets when the parcel leaves. */
    pieces: () => content.lines.reduce((sum, { quantity }) => sum + quantity, 0),
    /** Notifications that were not applied: they become dead letters when the order ends. */
    late: () => kept.map(({ kind }) => TYPES[kind] as string).sort(),
  };
}
