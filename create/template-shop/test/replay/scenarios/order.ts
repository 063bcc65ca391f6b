import type { ProcessDriver } from 'sagaline/testing';
import { orderSubmitted } from '../../../domains/shop/events';

export { routes } from '../../../domains/shop/routes';
export { order as process } from '../../../domains/shop/workflows';

/** One way through the workflow, to its end: confirmed. */
export async function play({ send, key }: ProcessDriver): Promise<void> {
  await send(orderSubmitted, { ...orderSubmitted.example, orderId: key });
}
