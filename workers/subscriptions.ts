import { createOrderTimeline } from '../activities/shop/timeline.postgres';
import type { Database } from '../src/adapters/postgres';
import { orderTimeline } from '../src/domains/shop/subscriptions';
import type { Subscribed } from '../src/subscriptions';
import { subscribe } from '../src/subscriptions';

/** What is done about the events of each subscription of the domains. */
export function subscriptions({ database }: { readonly database: Database }): readonly Subscribed[] {
  return [subscribe(orderTimeline, createOrderTimeline(database))];
}
