/** Plain handlers of events, beside the bridge: decode → handle → settle, shared or broadcast, and rebuilt from the stream. */
export { lowerPositions } from './batch/positions';
export type { StreamPosition, SubscriptionMetrics } from './ports';
export { NotRebuildableError, rebuild } from './rebuild';
export { runSubscription, sharedGroups } from './run';
export { subscribe } from './subscribe';
export type {
  BatchHandle,
  BatchHandler,
  BatchSubscribed,
  Handler,
  SingleSubscribed,
  SubscriptionHandler,
  Projection,
  Rebuilding,
  StreamRange,
  Subscribed,
} from './subscribe';
export { createSubscriber } from './subscriber';
