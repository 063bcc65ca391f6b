import { orderTotal } from '../../../domains/shop/rules/pricing';
import type { Order } from './parts';

/** Records and publishes the present content of the order. */
export async function writeDown(
  { orderId, steps, forward, content }: Order,
  { revision, addressChanged }: { readonly revision: number; readonly addressChanged: boolean },
): Promise<void> {
  const { lines } = content;
  const total = orderTotal(content);
  await forward.retriable(steps.amendOrder({ amended: { orderId, revision, lines, total, addressChanged } }));
}
