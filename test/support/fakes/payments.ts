import type {
  Authorization,
  AuthorizePayment,
  PaymentProvider,
  Payments,
} from '../../../activities/shop/payments';
import { RefusalError } from '../../../src/contracts';
import { REFUSALS } from '../../../src/domains/shop/names';
import type { FakeEffects } from './effects';
import type { Player } from './script';

export type PaymentStep = keyof Payments;
export type ProviderStep = keyof PaymentProvider;

export interface FakePayment {
  readonly paymentId: string;
  readonly orderId: string;
  state: 'pending' | 'authorized' | 'declined' | 'voided' | 'captured' | 'refunded';
  readonly amount: number;
  captured: number;
  refunded: number;
}

/** Tokens with a meaning, as at the provider sandbox. */
const DECLINED = 'tok_declined';
/** Of no card. */
const UNKNOWN = 'tok_bogus';
/** Good for one payment. */
const SINGLE_USE = 'tok_single_use_';
const CAPTURE_DECLINED = 'tok_capture_declined';
/** Pending until {@link FakePayments.decide}: the provider then decides so. `undefined`: it never does. */
const PENDING: ReadonlyMap<string, 'authorized' | 'declined' | undefined> = new Map([
  ['tok_pending_then_authorized', 'authorized'],
  ['tok_pending_then_declined', 'declined'],
  ['tok_pending_forever', undefined],
] as const);

export interface FakePayments extends Payments {
  /** The payments of an order, in the order in which they were made. */
  paymentsOf(orderId: string): readonly FakePayment[];
  /** The provider decides on the order's pending payments as their tokens say, and nobody has heard of it yet. */
  decide(orderId: string): void;
}

export function createFakePayments(effects: FakeEffects<PaymentStep>): FakePayments {
  const book = openBook();
  return {
    authorizePayment: (input) =>
      effects.doOnce('authorizePayment', input.key, input, () => authorizationOf(book.authorize(input))),
    // Record and provider are one here: a decision that is written down has been made.
    recordAuthorization: (input) =>
      effects.doOnce('recordAuthorization', input.key, input, () => {
        const payment = book.find(input.paymentId);
        if (payment.state === 'pending') payment.state = input.state;
      }),
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
    paymentsOf: (orderId) => book.all().filter((payment) => payment.orderId === orderId),
  };
}

export interface FakePaymentProvider extends PaymentProvider {
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
    findToCancel: (key) => player.play('findToCancel', key, () => made(key)?.paymentId),
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
    payments: () => book.all(),
    decide: (orderId) => book.decide(orderId),
  };
}

/** As the port says: what has moved on since counts as authorized. */
function authorizationOf({ paymentId, state }: FakePayment): Authorization {
  return { paymentId, state: state === 'pending' ? 'pending' : 'authorized' };
}

/** Payments and what may happen to them, wherever they are kept. */
function openBook() {
  const payments = new Map<string, FakePayment & { readonly key: string; readonly token: string }>();

  function find(paymentId: string) {
    const payment = payments.get(paymentId);
    if (!payment) throw new Error(`there is no payment ${paymentId}`);
    return payment;
  }

  return {
    find,
    all: () => [...payments.values()],
    madeUnder: (key: string) => [...payments.values()].filter((payment) => payment.key === key),
    authorize: ({ key, orderId, total, paymentToken: token }: AuthorizePayment) => {
      if (token === DECLINED) throw new RefusalError(REFUSALS.paymentDeclined, 'The card was declined.');
      const used = [...payments.values()].some((payment) => payment.token === token);
      if (token === UNKNOWN || (used && token.startsWith(SINGLE_USE)))
        throw new RefusalError(REFUSALS.paymentMethodUnusable, 'This token cannot be used.');
      const paymentId = `pay_${payments.size + 1}`;
      const terms = { paymentId, orderId, amount: total.amount, captured: 0, refunded: 0, key, token };
      const payment = {
        ...terms,
        state: PENDING.has(token) ? ('pending' as const) : ('authorized' as const),
      };
      payments.set(paymentId, payment);
      return payment;
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
