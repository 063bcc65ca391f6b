import type { AuthorizePayment, PaymentProvider, Payments } from '../../../../activities/shop/payments';
import { RefusalError, StepCompensatedError } from '../../../../src/contracts';
import { REFUSALS } from '../../../../domains/shop/names';
import { atOnce, newOrderId, race, RACES, retried } from '../../../support/conformance/attempts';

export interface AuthorizedPayment {
  readonly state: 'pending' | 'authorized' | 'declined' | 'voided' | 'captured' | 'refunded';
  readonly amount: number;
  readonly captured: number;
  readonly refunded: number;
}

/** Without the declined ones, which hold no money; in the order in which they were made. */
type PaymentsOf = (orderId: string) => Promise<readonly AuthorizedPayment[]>;
/** Resolves when the provider has decided on the order's pending payments, by their tokens. */
type Decided = (orderId: string) => Promise<void>;

const AMOUNT = 4_980;
const pending = { state: 'pending', amount: AMOUNT, captured: 0 };
const authorized = { state: 'authorized', amount: AMOUNT, captured: 0 };
const voided = { state: 'voided', amount: AMOUNT, captured: 0 };
const captured = { state: 'captured', amount: AMOUNT, captured: AMOUNT, refunded: 0 };
const refunded = { state: 'refunded', amount: AMOUNT, captured: AMOUNT, refunded: AMOUNT };
const DECLINED = expect.objectContaining({ type: REFUSALS.paymentDeclined });

function authorization(paymentToken: string): AuthorizePayment {
  const orderId = newOrderId();
  const total = { amount: AMOUNT, currency: 'EUR' } as const;
  return { key: `${orderId}:authorizePayment:0`, orderId, total, paymentToken };
}

export interface PaymentsUnderTest {
  readonly payments: Payments;
  readonly paymentsOf: PaymentsOf;
  readonly decided: Decided;
  /** The state in the shop's own record. */
  readonly recordOf: (orderId: string) => Promise<string | undefined>;
}

/** The contract of payments, independent of where their record is kept. */
export function paymentsConformance(open: () => Promise<PaymentsUnderTest>): void {
  let payments: Payments;
  let paymentsOf: PaymentsOf;
  let decided: Decided;
  let recordOf: PaymentsUnderTest['recordOf'];

  beforeAll(async () => {
    ({ payments, paymentsOf, decided, recordOf } = await open());
  });

  function payment(paymentToken = 'tok_visa') {
    const request = authorization(paymentToken);
    const { orderId, total } = request;
    return {
      orderId,
      authorize: () => retried(() => payments.authorizePayment(request)),
      void: () => retried(() => payments.voidPayment({ undoes: request })),
      capture: (paymentId: string) => {
        const key = `${orderId}:capturePayment:0`;
        return retried(() => payments.capturePayment({ key, orderId, paymentId, total }));
      },
      captureOnly: (paymentId: string, amount: number) => {
        const key = `${orderId}:capturePayment:0`;
        const part = { ...total, amount };
        return retried(() => payments.capturePayment({ key, orderId, paymentId, total: part }));
      },
      refund: (paymentId: string) => {
        const key = `${orderId}:refundPayment:0`;
        return retried(() => payments.refundPayment({ key, orderId, paymentId, total }));
      },
      refundPart: (paymentId: string, amount: number, number: number) => {
        const key = `${orderId}:refundPayment:${number}`;
        const part = { ...total, amount };
        return retried(() => payments.refundPayment({ key, orderId, paymentId, total: part }));
      },
      confirm: (paymentId: string, of: { orderId?: string; amount?: number } = {}) =>
        retried(() =>
          payments.confirmPayment({
            orderId: of.orderId ?? orderId,
            paymentId,
            total: { ...total, amount: of.amount ?? total.amount },
          }),
        ),
    };
  }

  test('holds the amount once, however often it is asked', async () => {
    const { orderId, authorize } = payment();
    const first = await authorize();
    expect(first.state).toBe('authorized');
    expect(await authorize()).toEqual(first);
    expect(await paymentsOf(orderId)).toMatchObject([authorized]);
  });

  test('holds the amount once for attempts at the same time', async () => {
    const { orderId, authorize } = payment();
    const answers = await atOnce(5, authorize);
    expect(new Set(answers.map(({ paymentId }) => paymentId)).size).toBe(1);
    expect(await paymentsOf(orderId)).toMatchObject([authorized]);
  });

  test('repeats a refusal, and has nothing to void after it', async () => {
    const { orderId, authorize, void: lift } = payment('tok_declined');
    await expect(authorize()).rejects.toBeInstanceOf(RefusalError);
    await expect(authorize()).rejects.toEqual(DECLINED);
    await lift();
    expect(await paymentsOf(orderId)).toEqual([]);
  });

  test('lifts an authorization once', async () => {
    const { orderId, authorize, void: lift } = payment();
    await authorize();
    await atOnce(3, lift);
    await lift();
    expect(await paymentsOf(orderId)).toMatchObject([voided]);
  });

  test('does not hold the amount under a key that was voided', async () => {
    const { orderId, authorize, void: lift } = payment();
    await authorize();
    await lift();
    await expect(authorize()).rejects.toBeInstanceOf(StepCompensatedError);
    expect(await paymentsOf(orderId)).toMatchObject([voided]);
  });

  test('does not hold the amount any more when the void came first', async () => {
    const { orderId, authorize, void: lift } = payment();
    await lift();
    await expect(authorize()).rejects.toBeInstanceOf(StepCompensatedError);
    expect(await paymentsOf(orderId)).toEqual([]);
  });

  test('takes the amount once', async () => {
    const { orderId, authorize, capture } = payment();
    const { paymentId } = await authorize();
    await atOnce(3, () => capture(paymentId));
    await capture(paymentId);
    expect(await paymentsOf(orderId)).toMatchObject([captured]);
  });

  test('takes a part once; the rest of the authorization is lifted', async () => {
    const { orderId, authorize, captureOnly } = payment();
    const { paymentId } = await authorize();
    await atOnce(3, () => captureOnly(paymentId, 1_000));
    expect(await paymentsOf(orderId)).toMatchObject([{ ...captured, captured: 1_000 }]);
  });

  test('repeats the refusal of a capture; the authorization can still be lifted', async () => {
    const { orderId, authorize, capture, void: lift } = payment('tok_capture_declined');
    const { paymentId } = await authorize();
    await expect(capture(paymentId)).rejects.toEqual(DECLINED);
    await expect(capture(paymentId)).rejects.toEqual(DECLINED);
    await lift();
    expect(await paymentsOf(orderId)).toMatchObject([voided]);
  });

  test.each(['tok_visa', 'tok_pending_forever'])(
    '%s: holds nothing where authorisation and void race each other',
    async (token) => {
      for (let round = 0; round < RACES; round++) {
        const { orderId, authorize, void: lift } = payment(token);
        await race(round, authorize, lift);
        for (const made of await paymentsOf(orderId)) expect(made).toMatchObject(voided);
      }
    },
  );

  test('gives the amount back once, however often it is asked', async () => {
    const { orderId, authorize, capture, refund } = payment();
    const { paymentId } = await authorize();
    await capture(paymentId);
    await atOnce(3, () => refund(paymentId));
    await refund(paymentId);
    expect(await paymentsOf(orderId)).toMatchObject([refunded]);
    expect(await recordOf(orderId)).toBe('refunded');
  });

  test('gives a part back once, and then the rest', async () => {
    const { orderId, authorize, capture, refundPart } = payment();
    const { paymentId } = await authorize();
    await capture(paymentId);
    await atOnce(3, () => refundPart(paymentId, 1_000, 0));
    expect(await paymentsOf(orderId)).toMatchObject([{ captured: AMOUNT, refunded: 1_000 }]);
    expect(await recordOf(orderId)).toBe('captured');
    await refundPart(paymentId, AMOUNT - 1_000, 1);
    expect(await paymentsOf(orderId)).toMatchObject([refunded]);
    expect(await recordOf(orderId)).toBe('refunded');
  });

  test('says that a payment is pending, and makes it once', async () => {
    const { orderId, authorize } = payment('tok_pending_forever');
    const [made, ...repeats] = await atOnce(3, authorize);
    expect(made).toEqual({ paymentId: expect.any(String), state: 'pending' });
    for (const repeat of [...repeats, await authorize()]) expect(repeat).toEqual(made);
    expect(await paymentsOf(orderId)).toMatchObject([pending]);
    expect(await recordOf(orderId)).toBe('pending');
  });

  test('takes the amount of a pending payment once it is authorised', async () => {
    const { orderId, authorize, confirm, capture } = payment('tok_pending_then_authorized');
    const { paymentId } = await authorize();
    await decided(orderId);
    expect(await confirm(paymentId)).toMatchObject({ state: 'authorized' });
    expect(await recordOf(orderId)).toBe('authorized');
    await capture(paymentId);
    expect(await paymentsOf(orderId)).toMatchObject([captured]);
    expect(await recordOf(orderId)).toBe('captured');
  });

  test('writes down that a pending payment was declined', async () => {
    const { orderId, authorize, confirm } = payment('tok_pending_then_declined');
    const { paymentId } = await authorize();
    await decided(orderId);
    for (const { state } of await atOnce(3, () => confirm(paymentId))) expect(state).toBe('declined');
    expect(await recordOf(orderId)).toBe('declined');
  });

  test('says of a payment what its provider says, each time that it is asked', async () => {
    const { authorize, void: lift, confirm } = payment('tok_pending_forever');
    const { paymentId } = await authorize();
    expect(await confirm(paymentId)).toMatchObject({
      state: 'pending',
      says: `the payment provider says that ${paymentId} is pending`,
    });
    await lift();
    expect(await confirm(paymentId)).toMatchObject({ state: 'voided' });
  });

  test('does not know a payment of another id, order or amount', async () => {
    const { authorize, confirm } = payment();
    const { paymentId } = await authorize();
    expect(await confirm(paymentId)).toMatchObject({ state: 'authorized', captured: 0, refunded: 0 });
    expect(await confirm('pay_of-nobody')).toMatchObject({ state: 'unknown' });
    expect(await confirm(paymentId, { orderId: 'another' })).toMatchObject({ state: 'unknown' });
    expect(await confirm(paymentId, { amount: AMOUNT - 1 })).toMatchObject({ state: 'unknown' });
  });

  test('withdraws a pending payment once', async () => {
    const { orderId, authorize, void: lift } = payment('tok_pending_forever');
    await authorize();
    await atOnce(3, lift);
    await lift();
    expect(await paymentsOf(orderId)).toMatchObject([voided]);
    expect(await recordOf(orderId)).toBe('voided');
    await expect(authorize()).rejects.toBeInstanceOf(StepCompensatedError);
  });

  test('has nothing to lift where the provider has declined the pending payment meanwhile', async () => {
    const { orderId, authorize, void: lift } = payment('tok_pending_then_declined');
    await authorize();
    await decided(orderId);
    await lift();
    expect(await paymentsOf(orderId)).toEqual([]);
    await expect(authorize()).rejects.toBeInstanceOf(StepCompensatedError);
  });
}

/** The contract of every payment provider's adapter. */
export function paymentProviderConformance(
  open: () => Promise<{ provider: PaymentProvider; paymentsOf: PaymentsOf; decided: Decided }>,
): void {
  let provider: PaymentProvider;
  let paymentsOf: PaymentsOf;
  let decided: Decided;

  beforeAll(async () => {
    ({ provider, paymentsOf, decided } = await open());
  });

  test('holds the amount once for a key, and finds it by that key', async () => {
    const request = authorization('tok_visa');
    expect(await provider.findByKey(request.key)).toBeUndefined();
    expect(await provider.findToCancel(request.key)).toBeUndefined();
    const made = await provider.authorize(request);
    expect(made).toMatchObject({ state: 'authorized' });
    expect(await provider.authorize(request)).toEqual(made);
    expect(await provider.findByKey(request.key)).toEqual(made);
    expect(await provider.findToCancel(request.key)).toBe(made.paymentId);
    expect(await paymentsOf(request.orderId)).toMatchObject([authorized]);
  });

  test('refuses a declined card, each time and also when it is asked', async () => {
    const request = authorization('tok_declined');
    await expect(provider.authorize(request)).rejects.toEqual(DECLINED);
    await expect(provider.authorize(request)).rejects.toEqual(DECLINED);
    await expect(provider.findByKey(request.key)).rejects.toEqual(DECLINED);
    await expect(provider.findToCancel(request.key)).rejects.toEqual(DECLINED);
  });

  test('captures once for a key', async () => {
    const request = authorization('tok_visa');
    const { paymentId } = await provider.authorize(request);
    expect(await provider.isCaptured(paymentId)).toBe(false);
    const capture = { key: `${request.orderId}:capturePayment:0`, paymentId, amount: AMOUNT };
    await provider.capture(capture);
    await provider.capture(capture);
    expect(await provider.isCaptured(paymentId)).toBe(true);
    expect(await paymentsOf(request.orderId)).toMatchObject([captured]);
  });

  test('passes on the refusal of a capture', async () => {
    const request = authorization('tok_capture_declined');
    const { paymentId } = await provider.authorize(request);
    const capture = { key: `${request.orderId}:capturePayment:0`, paymentId, amount: AMOUNT };
    await expect(provider.capture(capture)).rejects.toEqual(DECLINED);
    expect(await provider.isCaptured(paymentId)).toBe(false);
  });

  test('cancels once, also what somebody else has cancelled; a cancelled payment is still found', async () => {
    const request = authorization('tok_visa');
    const made = await provider.authorize(request);
    const cancel = (key: string) => provider.cancel({ key, paymentId: made.paymentId });
    await cancel(`${request.key}:compensate`);
    await cancel(`${request.key}:compensate`);
    await cancel('somebody-else');
    const { paymentId } = made;
    expect(await provider.findByKey(request.key)).toMatchObject({ paymentId, state: 'authorized' });
    expect(await paymentsOf(request.orderId)).toMatchObject([voided]);
  });

  test('fails to cancel what is captured, and does not call it a refusal', async () => {
    const request = authorization('tok_visa');
    const { paymentId } = await provider.authorize(request);
    await provider.capture({ key: `${request.orderId}:capturePayment:0`, paymentId, amount: AMOUNT });
    const failed = provider.cancel({ key: `${request.key}:compensate`, paymentId });
    await expect(failed).rejects.toBeInstanceOf(Error);
    await expect(failed).rejects.not.toBeInstanceOf(RefusalError);
  });

  test('refunds once for a key, and not what somebody else has refunded', async () => {
    const request = authorization('tok_visa');
    const { paymentId } = await provider.authorize(request);
    await provider.capture({ key: `${request.orderId}:capturePayment:0`, paymentId, amount: AMOUNT });
    expect(await provider.isRefunded(paymentId)).toBe(false);
    const refund = (key: string) => provider.refund({ key, paymentId, amount: AMOUNT });
    await refund(`${request.orderId}:refundPayment:0`);
    await refund(`${request.orderId}:refundPayment:0`);
    await refund('somebody-else');
    expect(await provider.isRefunded(paymentId)).toBe(true);
    expect(await provider.isCaptured(paymentId)).toBe(true);
    expect(await provider.findByKey(request.key)).toEqual({ paymentId, state: 'authorized' });
    expect(await paymentsOf(request.orderId)).toMatchObject([refunded]);
  });

  test('fails to refund what was never captured, and does not call it a refusal', async () => {
    const request = authorization('tok_visa');
    const { paymentId } = await provider.authorize(request);
    const failed = provider.refund({ key: `${request.orderId}:refundPayment:0`, paymentId, amount: AMOUNT });
    await expect(failed).rejects.toBeInstanceOf(Error);
    await expect(failed).rejects.not.toBeInstanceOf(RefusalError);
    expect(await provider.isRefunded(paymentId)).toBe(false);
  });

  test('shows a payment as it is, with its order and amount; one that it does not know is none', async () => {
    const request = authorization('tok_visa');
    const { paymentId } = await provider.authorize(request);
    const { orderId } = request;
    const whole = { paymentId, orderId, amount: AMOUNT, currency: 'EUR', refunded: 0 };
    expect(await provider.paymentOf(paymentId)).toMatchObject({ ...whole, state: 'authorized', captured: 0 });
    await provider.capture({ key: `${orderId}:capturePayment:0`, paymentId, amount: AMOUNT });
    expect(await provider.paymentOf(paymentId)).toMatchObject({
      ...whole,
      state: 'captured',
      captured: AMOUNT,
    });
    expect(await provider.paymentOf('pay_unknown')).toBeUndefined();
  });

  test('shows what becomes of a pending payment', async () => {
    const request = authorization('tok_pending_then_authorized');
    const { paymentId, state } = await provider.authorize(request);
    expect(state).toBe('pending');
    await decided(request.orderId);
    expect(await provider.findByKey(request.key)).toMatchObject({ paymentId, state: 'authorized' });
    expect(await paymentsOf(request.orderId)).toMatchObject([authorized]);
  });

  test('finds a pending payment, and cancels it', async () => {
    const request = authorization('tok_pending_forever');
    const made = await provider.authorize(request);
    expect(made).toMatchObject({ state: 'pending' });
    expect(await provider.findByKey(request.key)).toEqual(made);
    const cancel = { key: `${request.key}:compensate`, paymentId: made.paymentId };
    expect(await provider.cancel(cancel)).toBe('voided');
    expect(await provider.cancel({ ...cancel, key: 'somebody-else' })).toBe('voided');
    expect(await paymentsOf(request.orderId)).toMatchObject([voided]);
  });

  test('refuses to capture what was lifted at the provider', async () => {
    const request = authorization('tok_visa');
    const { paymentId } = await provider.authorize(request);
    await provider.cancel({ key: `${request.key}:by-hand`, paymentId });
    const capture = { key: `${request.orderId}:capturePayment:0`, paymentId, amount: AMOUNT };
    await expect(provider.capture(capture)).rejects.toMatchObject({ type: REFUSALS.paymentVoided });
  });

  test('fails to capture what is pending, and does not call it a refusal', async () => {
    const request = authorization('tok_pending_forever');
    const { paymentId } = await provider.authorize(request);
    const failed = provider.capture({
      key: `${request.orderId}:capturePayment:0`,
      paymentId,
      amount: AMOUNT,
    });
    await expect(failed).rejects.toBeInstanceOf(Error);
    await expect(failed).rejects.not.toBeInstanceOf(RefusalError);
  });

  test('says that a payment was declined after it was pending, also to a cancellation', async () => {
    const request = authorization('tok_pending_then_declined');
    const { paymentId, state } = await provider.authorize(request);
    expect(state).toBe('pending');
    await decided(request.orderId);
    await expect(provider.findByKey(request.key)).rejects.toEqual(DECLINED);
    expect(await provider.cancel({ key: `${request.key}:compensate`, paymentId })).toBe('declined');
    expect(await paymentsOf(request.orderId)).toEqual([]);
  });
}
