import type {
  Authorization,
  AuthorizePayment,
  PaymentProvider,
  Payments,
} from '../../../activities/shop/payments';
import { RefusalError } from '../../../src/contracts';
import { REFUSALS } from '../../../src/domains/shop/names';
import type { PaymentState, ProviderPayment } from '../../../src/domains/shop/rules/confirmation';
import { standingOf } from '../../../src/domains/shop/rules/confirmation';
import type { FakeEffects } from './effects';
import type { Player } from './script';

export type PaymentStep = keyof Payments;
export type ProviderStep = keyof PaymentProvider;

export interface FakePayment {
  readonly paymentId: string;
  readonly orderId: string;
  state: PaymentState;
  readonly amount: number;
  readonly currency: string;
  captured: number;
  refunded: number;
}

/** Tokens with a meaning, as at the provider sandbox. */
const DECLINED = 'tok_declined';
const CAPTURE_DECLINED = 'tok_capture_declined';
/** Pending until {@link FakePayments.decide}: the provider then decides so. `undefined`: it never does. */
const PENDING: ReadonlyMap<string, 'authorized' | 'declined' | undefined> = new Map([
  ['tok_pending_then_authorized', 'authorized'],
  ['tok_pending_then_declined', 'declined'],
  ['tok_pending_forever', undefined],
] as const);

/** What happens at the provider of itself, or by the hands of a person there. */
export interface AtProvider {
  /** The id of the order's latest payment that is awaited or held; where there is none, the one that the next will get. */
  latestOf(orderId: string): string;
  /** From now on the payment is in this state; one that is not made yet will be. */
  happens(paymentId: string, state: PaymentState): void;
}

export interface FakePayments extends Payments, AtProvider {
  /** The payments of an order, in the order in which they were made. */
  paymentsOf(orderId: string): readonly FakePayment[];
  /** The provider decides on the order's pending payments as their tokens say, and nobody has heard of it yet. */
  decide(orderId: string): void;
}

export function createFakePayments(
  player: Player<PaymentStep>,
  effects: FakeEffects<PaymentStep>,
): FakePayments {
  const book = openBook();
  return {
    authorizePayment: (input) =>
      effects.doOnce('authorizePayment', input.key, input, () => authorizationOf(book.authorize(input))),
    // Record and provider are one here.
    confirmPayment: (input) =>
      player.play('confirmPayment', input, () => standingOf(input, book.seen(input.paymentId))),
    voidPayment: (input) =>
      effects.undoOnce('voidPayment', input.undoes.key, input, () => {
        for (const payment of book.madeUnder(input.undoes.key)) book.cancel(payment.paymentId);
      }),
    capturePayment: (input) =>
      effects.doOnce('capturePayment', input.key, input, () =>
        book.capture(input.paymentId, input.total.amount),
      ),
    refundPayment: (input) =>
      effects.doOnce('refundPayment', input.key, input, () =>
        book.refund(input.paymentId, input.total.amount),
      ),
    decide: (orderId) => book.decide(orderId),
    latestOf: (orderId) => book.latestOf(orderId),
    happens: (paymentId, state) => book.happens(paymentId, state),
    paymentsOf: (orderId) => book.all().filter((payment) => payment.orderId === orderId),
  };
}

export interface FakePaymentProvider extends PaymentProvider, AtProvider {
  payments(): readonly FakePayment[];
  /** Decides on the order's pending payments as their tokens say. */
  decide(orderId: string): void;
}

/** Remembers the answer to each key for ever, as the port asks for. */
export function createFakePaymentProvider(player: Player<ProviderStep>): FakePaymentProvider {
  const book = openBook();
  const declined = new Map<string, RefusalError>();
  const answered = new Set<string>();

  function once(step: ProviderStep, key: string, effect: () => void): void {
    const refusal = declined.get(key);
    if (refusal) throw refusal;
    if (answered.has(key)) return;
    try {
      player.refuseIfTold(step);
      effect();
      answered.add(key);
      player.tookEffect(step);
    } catch (error) {
      if (error instanceof RefusalError) declined.set(key, error);
      throw error;
    }
  }

  function made(key: string): Authorization | undefined {
    const refusal = declined.get(key);
    if (refusal) throw refusal;
    const [payment] = book.madeUnder(key);
    if (payment?.state === 'declined') {
      throw new RefusalError(REFUSALS.paymentDeclined, 'The payment was declined.');
    }
    return payment && authorizationOf(payment);
  }

  return {
    authorize: (request) =>
      player.play('authorize', request, () => {
        once('authorize', request.key, () => void book.authorize(request));
        const payment = made(request.key);
        if (!payment) throw new Error(`key ${request.key} was used for something else`);
        return payment;
      }),
    findByKey: (key) => player.play('findByKey', key, () => made(key)),
    capture: (request) =>
      player.play('capture', request, () =>
        once('capture', request.key, () => book.capture(request.paymentId, request.amount)),
      ),
    isCaptured: (paymentId) => player.play('isCaptured', paymentId, () => book.find(paymentId).captured > 0),
    cancel: (request) =>
      player.play('cancel', request, () => {
        once('cancel', request.key, () => book.cancel(request.paymentId));
        return book.find(request.paymentId).state === 'declined' ? 'declined' : 'voided';
      }),
    refund: (request) =>
      player.play('refund', request, () =>
        once('refund', request.key, () => book.refund(request.paymentId, request.amount)),
      ),
    isRefunded: (paymentId) =>
      player.play('isRefunded', paymentId, () => book.find(paymentId).state === 'refunded'),
    paymentOf: (paymentId) => player.play('paymentOf', paymentId, () => book.seen(paymentId)),
    payments: () => book.all(),
    decide: (orderId) => book.decide(orderId),
    latestOf: (orderId) => book.latestOf(orderId),
    happens: (paymentId, state) => book.happens(paymentId, state),
  };
}

/** As the port says: what has moved on since counts as authorized. */
function authorizationOf({ paymentId, state }: FakePayment): Authorization {
  return { paymentId, state: state === 'pending' ? 'pending' : 'authorized' };
}

/** Payments and what may happen to them, wherever they are kept. */
function openBook() {
  const payments = new Map<string, FakePayment & { readonly key: string; readonly token: string }>();
  /** What will have become of payments that are not made yet. */
  const foretold = new Map<string, PaymentState>();

  const ofOrder = (orderId: string) =>
    [...payments.values()].filter((payment) => payment.orderId === orderId);
  const idOf = (orderId: string, number: number) => `pay_${orderId}_${number}`;

  function find(paymentId: string) {
    const payment = payments.get(paymentId);
    if (!payment) throw new Error(`there is no payment ${paymentId}`);
    return payment;
  }

  function seen(paymentId: string): ProviderPayment | undefined {
    const payment = payments.get(paymentId);
    if (!payment) return undefined;
    const { orderId, amount, currency, state, captured, refunded } = payment;
    return { paymentId, orderId, amount, currency, state, captured, refunded, updatedAt: 0 };
  }

  return {
    find,
    seen,
    latestOf: (orderId: string) => {
      const live = ofOrder(orderId).filter(({ state }) => state === 'pending' || state === 'authorized');
      return live.at(-1)?.paymentId ?? idOf(orderId, ofOrder(orderId).length + 1);
    },
    happens: (paymentId: string, state: PaymentState) => {
      const payment = payments.get(paymentId);
      if (payment) payment.state = state;
      else foretold.set(paymentId, state);
    },
    all: () => [...payments.values()],
    madeUnder: (key: string) => [...payments.values()].filter((payment) => payment.key === key),
    authorize: ({ key, orderId, total, paymentToken: token }: AuthorizePayment) => {
      if (token === DECLINED) throw new RefusalError(REFUSALS.paymentDeclined, 'The card was declined.');
      const paymentId = idOf(orderId, ofOrder(orderId).length + 1);
      const terms = { paymentId, orderId, ...total, captured: 0, refunded: 0, key, token };
      const state: PaymentState = PENDING.has(token) ? 'pending' : 'authorized';
      payments.set(paymentId, { ...terms, state: foretold.get(paymentId) ?? state });
      return { ...terms, state };
    },
    capture: (paymentId: string, amount: number) => {
      const payment = find(paymentId);
      if (payment.token === CAPTURE_DECLINED)
        throw new RefusalError(REFUSALS.paymentDeclined, 'The card was declined.');
      if (payment.state !== 'authorized') throw new Error(`payment ${paymentId} is ${payment.state}`);
      payment.state = 'captured';
      payment.captured = amount;
    },
    cancel: (paymentId: string) => {
      const payment = find(paymentId);
      if (payment.captured > 0) throw new Error(`payment ${paymentId} is ${payment.state}`);
      if (payment.state !== 'declined') payment.state = 'voided';
    },
    refund: (paymentId: string, amount: number) => {
      const payment = find(paymentId);
      if (payment.state === 'refunded') return;
      if (payment.state !== 'captured') throw new Error(`payment ${paymentId} is ${payment.state}`);
      payment.refunded += amount;
      if (payment.refunded === payment.captured) payment.state = 'refunded';
    },
    decide: (orderId: string) => {
      for (const payment of payments.values()) {
        if (payment.orderId !== orderId || payment.state !== 'pending') continue;
        payment.state = PENDING.get(payment.token) ?? 'pending';
      }
    },
  };
}
