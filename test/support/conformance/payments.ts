import type { AuthorizePayment, PaymentProvider, Payments } from '../../../activities/shop/payments';
import { RefusalError, StepUndoneError } from '../../../src/contracts';
import { REFUSALS } from '../../../src/domains/shop/names';
import { atOnce, newOrderId, race, RACES, retried } from './attempts';

export interface HeldPayment {
  readonly state: 'authorized' | 'voided' | 'captured';
  readonly amount: number;
  readonly captured: number;
}

/** The payments of an order that hold money or have held it, in the order in which they were made. */
type PaymentsOf = (orderId: string) => Promise<readonly HeldPayment[]>;

const AMOUNT = 4_980;
const authorized = { state: 'authorized', amount: AMOUNT, captured: 0 };
const voided = { state: 'voided', amount: AMOUNT, captured: 0 };
const captured = { state: 'captured', amount: AMOUNT, captured: AMOUNT };
const DECLINED = expect.objectContaining({ type: REFUSALS.paymentDeclined });

function authorization(paymentToken: string): AuthorizePayment {
  const orderId = newOrderId();
  const total = { amount: AMOUNT, currency: 'EUR' } as const;
  return { key: `${orderId}:authorizePayment:0`, orderId, total, paymentToken };
}

/** What payments promise, whoever keeps their record. */
export function paymentsConformance(
  open: () => Promise<{ payments: Payments; paymentsOf: PaymentsOf }>,
): void {
  let payments: Payments;
  let paymentsOf: PaymentsOf;

  beforeAll(async () => {
    ({ payments, paymentsOf } = await open());
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
    };
  }

  test('holds the amount once, however often it is asked', async () => {
    const { orderId, authorize } = payment();
    const { paymentId } = await authorize();
    expect(await authorize()).toEqual({ paymentId });
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

  test('lifts a hold once', async () => {
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
    await expect(authorize()).rejects.toBeInstanceOf(StepUndoneError);
    expect(await paymentsOf(orderId)).toMatchObject([voided]);
  });

  test('does not hold the amount any more when the void came first', async () => {
    const { orderId, authorize, void: lift } = payment();
    await lift();
    await expect(authorize()).rejects.toBeInstanceOf(StepUndoneError);
    expect(await paymentsOf(orderId)).toEqual([]);
  });

  test('takes the amount once', async () => {
    const { orderId, authorize, capture } = payment();
    const { paymentId } = await authorize();
    await atOnce(3, () => capture(paymentId));
    await capture(paymentId);
    expect(await paymentsOf(orderId)).toMatchObject([captured]);
  });

  test('repeats the refusal of a capture; the hold can still be lifted', async () => {
    const { orderId, authorize, capture, void: lift } = payment('tok_capture_declined');
    const { paymentId } = await authorize();
    await expect(capture(paymentId)).rejects.toEqual(DECLINED);
    await expect(capture(paymentId)).rejects.toEqual(DECLINED);
    await lift();
    expect(await paymentsOf(orderId)).toMatchObject([voided]);
  });

  test('holds nothing where authorisation and void race each other', async () => {
    for (let round = 0; round < RACES; round++) {
      const { orderId, authorize, void: lift } = payment();
      await race(round, authorize, lift);
      for (const made of await paymentsOf(orderId)) expect(made).toMatchObject(voided);
    }
  });
}

/** What every payment provider's adapter promises. */
export function paymentProviderConformance(
  open: () => Promise<{ provider: PaymentProvider; paymentsOf: PaymentsOf }>,
): void {
  let provider: PaymentProvider;
  let paymentsOf: PaymentsOf;

  beforeAll(async () => {
    ({ provider, paymentsOf } = await open());
  });

  test('holds the amount once for a key, and finds it by that key', async () => {
    const request = authorization('tok_visa');
    expect(await provider.findByKey(request.key)).toBeUndefined();
    const made = await provider.authorize(request);
    expect(await provider.authorize(request)).toEqual(made);
    expect(await provider.findByKey(request.key)).toEqual(made);
    expect(await paymentsOf(request.orderId)).toMatchObject([authorized]);
  });

  test('refuses a declined card, each time and also when it is asked', async () => {
    const request = authorization('tok_declined');
    await expect(provider.authorize(request)).rejects.toEqual(DECLINED);
    await expect(provider.authorize(request)).rejects.toEqual(DECLINED);
    await expect(provider.findByKey(request.key)).rejects.toEqual(DECLINED);
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
    await cancel(`${request.key}:undo`);
    await cancel(`${request.key}:undo`);
    await cancel('somebody-else');
    expect(await provider.findByKey(request.key)).toEqual(made);
    expect(await paymentsOf(request.orderId)).toMatchObject([voided]);
  });

  test('fails to cancel what is captured, and does not call it a refusal', async () => {
    const request = authorization('tok_visa');
    const { paymentId } = await provider.authorize(request);
    await provider.capture({ key: `${request.orderId}:capturePayment:0`, paymentId, amount: AMOUNT });
    const failed = provider.cancel({ key: `${request.key}:undo`, paymentId });
    await expect(failed).rejects.toBeInstanceOf(Error);
    await expect(failed).rejects.not.toBeInstanceOf(RefusalError);
  });
}
