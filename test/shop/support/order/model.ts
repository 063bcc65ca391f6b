import type { SubmittedOrder } from '../../../../domains/shop/events/orders';
import { EVENTS } from '../../../../domains/shop/names';
import { amend } from '../../../../domains/shop/rules/amendment';
import { orderTotal } from '../../../../domains/shop/rules/pricing';
import type { OrderInput, OrderMachineState } from '../../../../domains/shop/rules/transitions';
import { isRefusal, transition } from '../../../../domains/shop/rules/transitions';

/** What a person may do to an order, or the carrier tell of it, in the property test. */
export type Move =
  | { readonly kind: 'cancel' | 'dispatched' | 'delivered' | 'lost' }
  | { readonly kind: 'payment-method'; readonly good: boolean }
  | { readonly kind: 'amend'; readonly pieces: number };

/** What is seen of an order from outside. */
export interface Seen {
  readonly state: OrderMachineState;
  readonly amount: number;
  /** `amended`, or the reason of the refusal, in their order. */
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

/** No warehouse has so many. */
const TOO_MANY = 900;

/**
 * An order as the rules have it: the table of transitions, the rule of amendments, and nothing of the workflow. One event
 * after the other, each dealt with before the next one comes.
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

  /** The payment is tried; with it the order is amended as was asked for meanwhile, and booked. */
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
      // A payment method that came before it was asked for is used at once.
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

  /** Requests that nobody has taken are refused. */
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
        // What was told of the parcel before is not so: the carrier is asked, and it is a dead letter.
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
    /** How many pieces the customer wants, and gets when the parcel leaves. */
    pieces: () => content.lines.reduce((sum, { quantity }) => sum + quantity, 0),
    /** A notification that nobody has taken: dead letters when the order ends. */
    late: () => kept.map(({ kind }) => TYPES[kind] as string).sort(),
  };
}
