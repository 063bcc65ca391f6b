import { exampleAddress } from '../domains/shop/events/address';
import type { HistoryEntry } from '../src/adapters/temporal';
import { historyEntries } from '../src/adapters/temporal';
import { parseEventType } from '../src/contracts';
import type { Say } from './command-line';
import { newOrderId, orderOf, submissionOf } from './orders';
import type { AfterStart } from '../src/runtime/local';
import type { Shop } from './shop';
import { openedOrder, openShop } from './shop';

/** What `npm start` shows. */
const tour: AfterStart = async (local, say) => {
  const shop = await openShop(local);
  try {
    await showTwoOrders(shop, say);
  } finally {
    await shop.close();
  }
};
export default tour;

/** Two real orders, reported live: one is delivered, one fails half-way and is compensated. */
async function showTwoOrders(shop: Shop, say: Say): Promise<void> {
  say('\nOrder 1: everything goes well.');
  await tell(shop, say, orderOf(newOrderId('tea')));
  say('\nOrder 2: the carrier does not serve the address, when stock and payment are there already.');
  await tell(
    shop,
    say,
    orderOf(newOrderId('tea'), { shippingAddress: { ...exampleAddress, postalCode: '00000' } }),
  );
}

async function tell(shop: Shop, say: Say, order: ReturnType<typeof orderOf>): Promise<void> {
  const event = submissionOf(order);
  const { stream, sequence } = await shop.publish(event);
  say(`  → ${event.subject} is event ${sequence} of the stream ${stream}`);
  const { workflowId, runId, link } = await openedOrder(shop, order.orderId);
  say(`    ${link}`);
  for await (const historyEntry of historyEntries(shop.temporal, workflowId, runId)) {
    const line = words(historyEntry);
    if (line !== undefined) say(`    ${line}`);
  }
}

/** Only what a beginner needs; `npx sagaline trace` prints everything. */
function words(historyEntry: HistoryEntry): string | undefined {
  switch (historyEntry.kind) {
    case 'event': {
      const type = parseEventType(historyEntry.name);
      return `◂ event ${type ? `${type.context}.${type.fact}` : historyEntry.name}`;
    }
    case 'done':
      return historyEntry.local ? undefined : `✓ ${historyEntry.summary}`;
    case 'failed':
      return historyEntry.local ? undefined : `✗ ${historyEntry.summary}: ${historyEntry.message}`;
    case 'state':
      return `● the order is ${historyEntry.state}`;
    case 'started':
    case 'deadline':
    case 'ended':
      return undefined;
  }
}
