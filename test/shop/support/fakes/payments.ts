import type {
  Authorization,
  AuthorizePayment,
  PaymentProvider,
  Payments,
  Renewal,
} from '../../../../activities/shop/payments';
import { RefusalError } from '../../../../src/contracts';
import { REFUSALS } from '../../../../domains/shop/names';
import type { Dispute, PaymentState, ProviderPayment } from '../../../../domains/shop/rules/confirmation';
import { standingOf } from '../../../../domains/shop/rules/confirmation';
import type { FakeEffects, Player } from 'sagaline/testing';

export type PaymentStep = keyof Payments;
export type ProviderStep = keyof PaymentProvider;

export interface FakePayment {
  readonly paymentId: string;
  readonly orderId: string;
  state: PaymentState;
  readonly amount: number;
  readonly currency: string;
  readonly madeAt: number;
  expiresAt?: number | undefined;
  dispute?: Dispute;
  captured: number;
  refunded: number;
}

/** Tokens with a special behaviour, as at the provider sandbox. */
const DECLINED = 'tok_declined';
/** A token that belongs to no card. */
const UNKNOWN = 'tok_bogus';
/** Valid for one payment. */
const SINGLE_USE = 'tok_single_use_';
const CAPTURE_DECLINED = 'tok_capture_declined';
/** The authorization expires, and cannot be renewed. */
const ENDS_FOR_GOOD = 'tok_authorization_expires_for_good';
/** The customer has to confirm it. */
const THREE_D_SECURE = 'tok_three_d_secure';
/**
 * Tokens whose payment is pending until {@link FakePayments.decide}, with the provider's decision. `undefined`: it never
 * decides.
 */
const PENDING: ReadonlyMap<string, 'authorized' | 'declined' | undefined> = new Map<
  string,
  'authorized' | 'declined' | undefined
>([
  ['tok_pending_then_authorized', 'authorized'],
  ['tok_pending_then_declined', 'declined'],
  ['tok_pending_forever', undefined],
  [THREE_D_SECURE, undefined],
]);

/** Events at the provider: those that happen without a call, and what its staff do. */
export interface AtProvider {
  /** The id of the order's latest payment that is pending or authorised; if there is none, the id that the next one will get. */
  latestOf(orderId: string): string;
  /** The amount of the payment; `undefined` if it is not made yet. */
  totalOf(paymentId: string): AuthorizePayment['total'] | undefined;
  /** Puts the payment into this state; a payment that is not made yet gets the state when it is made. */
  happens(paymentId: string, state: PaymentState): void;
  /** When authorizations that are made or renewed from now on expire, in milliseconds since 1970; by default they never do. */
  authorizationsEnd(at: number): void;
  /** Staff of the provider refund money. */
  refundByHand(paymentId: string, amount: number): void;
  /** The customer's bank disputes the payment. */
  dispute(paymentId: string, dispute: Dispute): void;
}

export interface FakePayments extends Payments, AtProvider {
  /** The payments of an order, in the order in which they were made. */
  paymentsOf(orderId: string): readonly FakePayment[];
  /** The provider decides on the order's pending payments by their tokens; no notification is sent yet. */
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
    // In this fake, record and provider are the same.
    confirmPayment: (input) =>
      player.play('confirmPayment', input, () => standingOf(input, book.seen(input.paymentId))),
    renewPayment: (input) =>
      effects.doOnce('renewPayment', input.key, input, () => book.renew(input.paymentId)),
    voidPayment: (input) =>
      effects.compensateOnce('voidPayment', input.undoes.key, input, () => {
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
    totalOf: (paymentId) => book.totalOf(paymentId),
    happens: (paymentId, state) => book.happens(paymentId, state),
    authorizationsEnd: (at) => book.authorizationsEnd(at),
    refundByHand: (paymentId, amount) => book.refundByHand(paymentId, amount),
    dispute: (paymentId, dispute) => book.dispute(paymentId, dispute),
    paymentsOf: (orderId) => book.all().filter((payment) => payment.orderId === orderId),
  };
}

export interface FakePaymentProvider extends PaymentProvider, AtProvider {
  payments(): readonly FakePayment[];
  /** Forgets all payments. */
  forget(): void;
  /** Decides on the order's pending payments by their tokens. */
  decide(orderId: string): void;
}

/** Remembers the answer to each key for ever, as the port requires. */
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
    reauthorize: (request) =>
      player.play('reauthorize', request, () => {
        let renewal = {};
        once('reauthorize', request.key, () => (renewal = book.renew(request.paymentId)));
        return renewal;
      }),
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
    list: (query) => player.play('list', query, () => book.list(query)),
    paymentOf: (paymentId) => player.play('paymentOf', paymentId, () => book.seen(paymentId)),
    payments: () => book.all(),
    forget: () => book.forget(),
    decide: (orderId) => book.decide(orderId),
    latestOf: (orderId) => book.latestOf(orderId),
    totalOf: (paymentId) => book.totalOf(paymentId),
    happens: (paymentId, state) => book.happens(paymentId, state),
    authorizationsEnd: (at) => book.authorizationsEnd(at),
    refundByHand: (paymentId, amount) => book.refundByHand(paymentId, amount),
    dispute: (paymentId, dispute) => book.dispute(paymentId, dispute),
  };
}

/** As the port requires, a payment that has been captured, refunded or cancelled since counts as authorized. */
function authorizationOf({
  paymentId,
  state,
  expiresAt,
  token,
}: FakePayment & { readonly token: string }): Authorization {
  const actionUrl = token === THREE_D_SECURE ? `https://payments.example.com/3ds/${paymentId}` : undefined;
  if (state === 'pending') return { paymentId, state, ...(actionUrl !== undefined && { actionUrl }) };
  return { paymentId, state: 'authorized', ...(expiresAt !== undefined && { expiresAt }) };
}

/** Payments and their possible changes, shared by both fakes. */
function openBook() {
  const payments = new Map<
    string,
    FakePayment & Pick<AuthorizePayment, 'key' | 'total'> & { readonly token: string }
  >();
  let authorizationsEndAt: number | undefined;
  /** The future states of payments that are not made yet. */
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
    const { orderId, amount, currency, state, captured, refunded, expiresAt, dispute } = payment;
    const known = {
      paymentId,
      orderId,
      amount,
      currency,
      state,
      captured,
      refunded,
      updatedAt: payment.madeAt,
    };
    return { ...known, expiresAt, dispute };
  }

  return {
    find,
    seen,
    /** In pages of two, so that a few payments make several. */
    list: ({ since, after }: { since: number; after?: string }) => {
      const all = [...payments.values()].filter(({ madeAt }) => madeAt >= since);
      const from = after === undefined ? 0 : all.findIndex(({ paymentId }) => paymentId === after) + 1;
      const page = all.slice(from, from + 2).flatMap(({ paymentId }) => seen(paymentId) ?? []);
      return { payments: page, hasMore: all.length > from + 2 };
    },
    latestOf: (orderId: string) => {
      const live = ofOrder(orderId).filter(({ state }) => state === 'pending' || state === 'authorized');
      return live.at(-1)?.paymentId ?? idOf(orderId, ofOrder(orderId).length + 1);
    },
    totalOf: (paymentId: string): AuthorizePayment['total'] | undefined => payments.get(paymentId)?.total,
    happens: (paymentId: string, state: PaymentState) => {
      const payment = payments.get(paymentId);
      if (payment) payment.state = state;
      else foretold.set(paymentId, state);
    },
    forget: () => payments.clear(),
    all: () => [...payments.values()],
    madeUnder: (key: string) => [...payments.values()].filter((payment) => payment.key === key),
    authorize: ({ key, orderId, total, paymentToken: token }: AuthorizePayment) => {
      if (token === DECLINED) throw new RefusalError(REFUSALS.paymentDeclined, 'The card was declined.');
      const used = [...payments.values()].some((payment) => payment.token === token);
      if (token === UNKNOWN || (used && token.startsWith(SINGLE_USE)))
        throw new RefusalError(REFUSALS.paymentMethodUnusable, 'This token cannot be used.');
      const paymentId = idOf(orderId, ofOrder(orderId).length + 1);
      const madeAt = Date.now();
      const terms = { paymentId, orderId, ...total, total, captured: 0, refunded: 0, key, token, madeAt };
      const state: PaymentState = PENDING.has(token) ? 'pending' : 'authorized';
      const payment = { ...terms, state: foretold.get(paymentId) ?? state, expiresAt: authorizationsEndAt };
      payments.set(paymentId, payment);
      return { ...payment, state };
    },
    capture: (paymentId: string, amount: number) => {
      const payment = find(paymentId);
      if (payment.token === CAPTURE_DECLINED)
        throw new RefusalError(REFUSALS.paymentDeclined, 'The card was declined.');
      if (payment.state === 'voided')
        throw new RefusalError(REFUSALS.paymentVoided, 'Nothing is held any more.');
      if (payment.state !== 'authorized') throw new Error(`payment ${paymentId} is ${payment.state}`);
      payment.state = 'captured';
      payment.captured = amount;
    },
    authorizationsEnd: (at: number) => void (authorizationsEndAt = at),
    renew: (paymentId: string): Renewal => {
      const payment = find(paymentId);
      if (payment.state === 'voided')
        throw new RefusalError(REFUSALS.paymentVoided, 'Nothing is held any more.');
      if (payment.token === ENDS_FOR_GOOD)
        throw new RefusalError(REFUSALS.authorizationNotRenewable, 'The authorization cannot be renewed.');
      payment.expiresAt = authorizationsEndAt;
      return authorizationsEndAt === undefined ? {} : { expiresAt: authorizationsEndAt };
    },
    refundByHand: (paymentId: string, amount: number) => {
      const payment = find(paymentId);
      payment.refunded += amount;
      if (payment.refunded === payment.captured) payment.state = 'refunded';
    },
    dispute: (paymentId: string, dispute: Dispute) => void (find(paymentId).dispute = dispute),
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
