// Whether anything that a store had confirmed is lost or doubled, when all is done.
import { difference } from '../../../demo/case';
import type { Shop } from '../../../demo/shop';
import { paymentsAtProvider } from '../../../demo/shop';
import type { Census } from './census';
import type { LoadedOrder } from './load';

export interface Verdict {
  /**
   * Orders that had been compensated and ended as rejected: the provider has canceled their payment for good, so that the saga
   * that starts again is refused. Neither has goods or money.
   */
  readonly endedOtherwise: readonly string[];
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly problems: readonly string[];
}

const CHARGED: ReadonlySet<string> = new Set(['authorized', 'captured', 'partially_captured']);

/** @param before what the stores had at the moment of the loss */
export async function judge(
  shop: Shop,
  { orders, before, after }: { orders: readonly LoadedOrder[]; before: Census; after: Census },
): Promise<Verdict> {
  const payments = await paymentsAtProvider(shop);
  const shipments = await shipmentsAtCarrier(shop);
  const mine = new Set(orders.map(({ orderId }) => orderId));
  const endedOtherwise = orders.flatMap(({ orderId, expected }) =>
    expected === 'compensated' && after.orders.get(orderId) === 'rejected' ? [orderId] : [],
  );
  const isOtherwise = (orderId: string) => endedOtherwise.includes(orderId);
  const lost = [...before.done].filter(
    (key) => !after.done.has(key) && !isOtherwise(key.split(':')[0] ?? ''),
  );
  const doubled = orders.flatMap(({ orderId }) => {
    const charges = payments.filter(
      (each) => each.merchant_reference === orderId && CHARGED.has(each.status),
    );
    const parcels = shipments.filter((each) => each.reference === orderId && each.status !== 'canceled');
    return [
      ...(charges.length > 1 ? [`${orderId}: charged ${charges.length} times`] : []),
      ...(parcels.length > 1 ? [`${orderId}: sent ${parcels.length} times`] : []),
    ];
  });
  const problems = orders.flatMap(({ orderId, expected }) => {
    const charges = payments.filter(
      (each) => each.merchant_reference === orderId && CHARGED.has(each.status),
    );
    return [
      ...(isOtherwise(orderId) ? [] : difference('state', after.orders.get(orderId), expected)),
      ...difference('workflow', after.workflows.get(orderId), 'COMPLETED'),
      ...difference('charges', charges.length, expected === 'completed' ? 1 : 0),
    ].map((problem) => `${orderId}: ${problem}`);
  });
  const ended = [...before.orders].filter(
    ([id, state]) => mine.has(id) && !isOtherwise(id) && !['placing', 'confirmed'].includes(state),
  );
  for (const [id, state] of ended)
    problems.push(...difference(`${id}: end before the loss`, after.orders.get(id), state));
  return { endedOtherwise, lost, doubled, problems };
}

interface Shipment {
  readonly reference: string;
  readonly status: string;
}

async function shipmentsAtCarrier({ local }: Shop): Promise<readonly Shipment[]> {
  const answer = await fetch(`${local.devUrls['providers']}/sandbox/shipments`);
  return ((await answer.json()) as { data: Shipment[] }).data;
}
