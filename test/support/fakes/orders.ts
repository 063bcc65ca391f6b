import type { CloseOrder, OpenOrder, Orders, RefuseCancellation } from '../../../activities/shop/orders';
import { RefusalError } from '../../../src/contracts';
import { REFUSALS } from '../../../src/domains/shop/names';
import type { FakeEffects } from './effects';
import type { Player } from './script';

export type OrderStep = keyof Orders;

export interface FakeOrder {
  readonly orderId: string;
  /** The run whose saga this order belongs to. */
  readonly openedBy: string;
  state: 'placing' | 'confirmed' | CloseOrder['state'];
  reason?: string;
}

export interface FakeOrders extends Orders {
  orderOf(orderId: string): FakeOrder | undefined;
  /** The cancellations of an order that were refused. */
  refusalsOf(orderId: string): readonly RefuseCancellation[];
}

export function createFakeOrders(player: Player<OrderStep>, effects: FakeEffects<OrderStep>): FakeOrders {
  const orders = new Map<string, FakeOrder>();
  const refusals: RefuseCancellation[] = [];

  function open({ runId, submission: { orderId } }: OpenOrder): void {
    player.refuseIfTold('openOrder');
    const known = orders.get(orderId);
    if (known && known.openedBy !== runId) {
      throw new RefusalError(REFUSALS.orderExists, `order ${orderId} was opened by another saga`);
    }
    if (known) return;
    orders.set(orderId, { orderId, openedBy: runId, state: 'placing' });
    player.tookEffect('openOrder');
  }

  return {
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
        if (input.state !== 'completed') order.reason = input.reason;
      }),
    refuseCancellation: (input) =>
      effects.doOnce('refuseCancellation', input.key, input, () => void refusals.push(input)),
    orderOf: (orderId) => orders.get(orderId),
    refusalsOf: (orderId) => refusals.filter((refusal) => refusal.orderId === orderId),
  };
}
