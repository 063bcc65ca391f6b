// Orders at a steady pace, as a web shop with an outbox of its own submits them: it can publish each one again.
import { setTimeout as sleep } from 'node:timers/promises';
import { newOrderId, orderOf, submissionOf } from '../../../demo/orders';
import { shippedTo } from '../../../demo/plain-orders';
import type { Shop } from '../../../demo/shop';
import type { OutgoingEvent } from '../../../src/contracts';

export interface LoadedOrder {
  readonly orderId: string;
  readonly expected: 'completed' | 'rejected' | 'compensated';
  readonly event: OutgoingEvent;
  /** When JetStream had confirmed it, in milliseconds since 1970. */
  readonly acknowledgedAt: number;
}

export interface Load {
  readonly orders: readonly LoadedOrder[];
  stop(): Promise<void>;
}

const EVERY_MS = 800;

/** Most orders are completed; some are refused by the payment provider, some by the carrier. */
const KINDS = [
  ...Array.from({ length: 5 }, () => ({ expected: 'completed', changes: {} }) as const),
  { expected: 'rejected', changes: { paymentToken: 'tok_declined' } },
  { expected: 'compensated', changes: shippedTo('00000') },
] as const;

export function startLoad(shop: Shop, round: number): Load {
  const orders: LoadedOrder[] = [];
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = (async () => {
    for (let index = 0; !signal.aborted; index += 1) {
      const kind = KINDS[index % KINDS.length] ?? KINDS[0];
      const orderId = newOrderId(`round${round}`);
      const event = submissionOf(orderOf(orderId, kind.changes));
      await shop.publish(event);
      orders.push({ orderId, expected: kind.expected, event, acknowledgedAt: Date.now() });
      await sleep(EVERY_MS);
    }
  })();
  return {
    orders,
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
