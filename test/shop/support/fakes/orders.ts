import type {
  AmendOrder,
  AskAboutStock,
  CloseOrder,
  OpenOrder,
  Orders,
  RefuseAmendment,
  RefuseCancellation,
  RequestPaymentMethod,
  RequestPaymentAction,
} from '../../../../activities/shop/orders';
import { RefusalError } from '../../../../src/contracts';
import { REFUSALS } from '../../../../domains/shop/names';
import type { FakeEffects, Player } from 'sagaline/testing';

export type OrderStep = keyof Orders;

export interface FakeOrder {
  readonly orderId: string;
  /** The run whose saga this order belongs to. */
  openedBy: string;
  /** Customer, amount and currency at the beginning. */
  readonly of: string;
  state: 'placing' | 'confirmed' | CloseOrder['state'];
  reason?: string;
  /** The amount that the customer has to pay, in minor units. */
  amount: number;
}

/** Temporal does not know the runs of these names. */
export const isForgottenRun = (runId: string): boolean => runId.startsWith('forgotten-');

export interface FakeOrders extends Orders {
  orderOf(orderId: string): FakeOrder | undefined;
  /** The cancellations of an order that were refused. */
  refusalsOf(orderId: string): readonly RefuseCancellation[];
  /** The questions to the customer about the stock. */
  stockQuestionsOf(orderId: string): readonly AskAboutStock[];
  /** The requests for another payment method, with their reasons. */
  paymentMethodRequestedOf(orderId: string): readonly RequestPaymentMethod[];
  /** Where the customer was asked to confirm a payment. */
  actionsRequestedOf(orderId: string): readonly RequestPaymentAction['action'][];
  /** The published amendments of an order, in sequence. */
  amendmentsOf(orderId: string): readonly (AmendOrder['amended'] | RefuseAmendment)[];
}

export function createFakeOrders(player: Player<OrderStep>, effects: FakeEffects<OrderStep>): FakeOrders {
  const orders = new Map<string, FakeOrder>();
  const refusals: RefuseCancellation[] = [];
  const requests: RequestPaymentMethod[] = [];
  const actions: RequestPaymentAction['action'][] = [];
  const questions: AskAboutStock[] = [];
  const amendments: (AmendOrder['amended'] | RefuseAmendment)[] = [];

  function open({ runId, submission: { orderId, customerId }, total }: OpenOrder): void {
    player.refuseIfTold('openOrder');
    const known = orders.get(orderId);
    const of = [customerId, total.amount, total.currency].join(' ');
    if (known?.of === of && isForgottenRun(known.openedBy) && ['placing', 'confirmed'].includes(known.state))
      known.openedBy = runId;
    if (known && known.openedBy !== runId) {
      throw new RefusalError(REFUSALS.orderExists, `order ${orderId} was opened by another saga`);
    }
    if (known) return;
    orders.set(orderId, { orderId, openedBy: runId, of, state: 'placing', amount: total.amount });
    player.tookEffect('openOrder', orderId);
  }

  return {
    requestPaymentAction: (input) =>
      effects.doOnce('requestPaymentAction', input.key, input, () => void actions.push(input.action)),
    actionsRequestedOf: (of) => actions.filter(({ orderId }) => orderId === of),
    openOrder: (input) => player.play('openOrder', input, () => open(input)),
    confirmOrder: (input) =>
      effects.doOnce('confirmOrder', input.key, input, () => {
        const order = orders.get(input.orderId);
        if (order?.state === 'placing') order.state = 'confirmed';
      }),
    closeOrder: (input) =>
      effects.doOnce('closeOrder', input.key, input, () => {
        const order = orders.get(input.orderId);
        if (order?.state !== 'placing' && order?.state !== 'confirmed') return;
        order.state = input.state;
        if (input.state === 'completed') order.amount = input.total.amount;
        else order.reason = input.reason;
      }),
    refuseCancellation: (input) =>
      effects.doOnce('refuseCancellation', input.key, input, () => void refusals.push(input)),
    amendOrder: (input) =>
      effects.doOnce('amendOrder', input.key, input, () => {
        const order = orders.get(input.amended.orderId);
        if (order?.state !== 'placing' && order?.state !== 'confirmed') return;
        order.amount = input.amended.total.amount;
        amendments.push(input.amended);
      }),
    askAboutStock: (input) =>
      effects.doOnce('askAboutStock', input.key, input, () => void questions.push(input)),
    stockQuestionsOf: (orderId) => questions.filter((question) => question.orderId === orderId),
    requestPaymentMethod: (input) =>
      effects.doOnce('requestPaymentMethod', input.key, input, () => void requests.push(input)),
    paymentMethodRequestedOf: (orderId) => requests.filter((request) => request.orderId === orderId),
    refuseAmendment: (input) =>
      effects.doOnce('refuseAmendment', input.key, input, () => void amendments.push(input)),
    amendmentsOf: (orderId) => amendments.filter((amendment) => amendment.orderId === orderId),
    orderOf: (orderId) => orders.get(orderId),
    refusalsOf: (orderId) => refusals.filter((refusal) => refusal.orderId === orderId),
  };
}
