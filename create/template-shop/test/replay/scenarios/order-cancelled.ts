import type { ProcessDriver } from 'sagaline/testing';
import { orderCancelled, orderSubmitted } from '../../../domains/shop/events';

export { routes } from '../../../domains/shop/routes';
export { order as process } from '../../../domains/shop/workflows';

/** The order is cancelled in time: the stock is released. */
export async function play({ send, key }: ProcessDriver): Promise<void> {
  await send(orderSubmitted, { ...orderSubmitted.example, orderId: key });
  await send(orderCancelled, { orderId: key });
}
