import type { Publish } from '../adapters/nats';

/** A way to the event stream. */
export interface Transport {
  /** Publishes one event, and tries for a few seconds. @throws NotPublishedError, or EventConflictError */
  readonly publish: Publish;
  /** Whether the other end answers at this moment. */
  readonly reachable: () => Promise<boolean>;
  readonly close: () => Promise<void>;
}
