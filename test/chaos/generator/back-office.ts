/** What the payment provider, a person in its back office or the customer's bank does with a payment: nobody has asked us. */
import { setTimeout as sleep } from 'node:timers/promises';
import { persistently } from '../../../demo/eventually';
import type { Shop } from '../../../demo/shop';
import type { Local } from '../../../src/runtime/local';
import type { Payment, PaymentStatus } from '../../../domains/shop/sandbox/payments/payment';

export type ProviderAct =
  | { readonly act: 'cancel' | 'expire' }
  /** Without an amount: all that is left. */
  | { readonly act: 'refund'; readonly amount?: number }
  | { readonly act: 'dispute' }
  | { readonly act: 'authenticate'; readonly outcome: 'succeeded' | 'failed' };

/** An act that the provider has confirmed. */
export interface ProviderDeed {
  readonly orderId: string;
  readonly paymentId: string;
  readonly act: ProviderAct['act'];
}

const OPEN: readonly PaymentStatus[] = ['requires_capture', 'requires_action', 'pending'];
/** A refund whose answer was lost is not repeated: the payment is `partially_refunded` or `refunded` then. */
const POSSIBLE_IN: Readonly<Record<ProviderAct['act'], readonly PaymentStatus[]>> = {
  cancel: OPEN,
  expire: OPEN,
  refund: ['captured'],
  dispute: ['captured', 'partially_refunded'],
  authenticate: ['requires_action'],
};

const LOOK_MS = 1_000;

interface Acting {
  readonly withinMs: number;
  /** Whether the order has ended: then there will be no other payment. */
  readonly isOver: () => Promise<boolean>;
  readonly signal: AbortSignal;
}

/** Does it to a payment of the order as soon as there is one to which it can be done; gives up when the time is over. */
export async function actAtProvider(
  { local: { devUrls } }: Shop,
  orderId: string,
  { act, ...body }: ProviderAct,
  { withinMs, isOver, signal }: Acting,
): Promise<ProviderDeed | undefined> {
  const until = Date.now() + withinMs;
  for (;;) {
    const isLast = await isOver();
    const payment = (await paymentsAt(devUrls)).find(
      ({ merchant_reference, status, dispute }) =>
        merchant_reference === orderId &&
        POSSIBLE_IN[act].includes(status) &&
        !(act === 'dispute' && dispute),
    );
    const done =
      payment && (await posted(`${devUrls['providers']}/sandbox/payments/${payment.id}/${act}`, body));
    if (done) return { orderId, paymentId: payment.id, act };
    if (Date.now() > until || signal.aborted || (isLast && !payment)) return undefined;
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** The customer's bank decides about the disputes of an order that are open. */
export async function closeDisputes(
  { local: { devUrls } }: Shop,
  orderId: string,
  outcome: 'won' | 'lost',
): Promise<void> {
  for (const { id, merchant_reference, dispute } of await paymentsAt(devUrls)) {
    if (merchant_reference === orderId && dispute?.status === 'needs_response')
      await posted(`${devUrls['providers']}/sandbox/payments/${id}/close-dispute`, { outcome });
  }
}

function paymentsAt({ providers }: Local['devUrls']): Promise<readonly Payment[]> {
  return persistently(async () => {
    const answer = await fetch(`${providers}/sandbox/payments`);
    return ((await answer.json()) as { data: Payment[] }).data;
  });
}

/** Whether the provider has done it; one that is away, or says no, is asked again with the next look. */
async function posted(url: string, body: object): Promise<boolean> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) }).catch(
    () => undefined,
  );
  return answer?.ok === true;
}
