/** Plain handlers of events, beside the bridge: decode → handle → settle, shared or broadcast, and rebuilt from the stream. */
export type { Place, SubscriptionMetrics } from './ports';
export { NotRebuildableError, rebuild } from './rebuild';
export { runSubscription, sharedGroups } from './run';
export { subscribe } from './subscribe';
export type { Handler, Handling, Projection, Rebuilding, Stretch, Subscribed } from './subscribe';
export { createSubscriber } from './subscriber';
