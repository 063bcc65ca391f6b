import type { DomainEvent, EventContract, EventOf, Subscription } from '../contracts';
import type { StreamPosition } from './ports';

/**
 * A subscription with the handler of its events.
 *
 * The handler is called at least once for each event, in stream order for each correlation key, and never for two
 * events of one key at a time. It has to recognise repeats by `source` and `id`. It rejects with a `RefusalError` if it
 * will never take the event, and with a `DefectError`, or an error of PostgreSQL's class 22, if the data cannot be
 * handled: both make a dead letter at once. After any other error, the event is tried again for about a minute, and
 * longer while dependencies are not available. The handler has to end its own waits.
 */
export interface Subscribed {
  readonly subscription: Subscription;
  readonly handle: Handler;
  /** Starts a rebuild. Absent if nothing can be rebuilt. */
  readonly startRebuild?: ((range: StreamRange) => Promise<Rebuilding>) | undefined;
}

/** Handles one event of a subscription; the event is acknowledged when it resolves. */
export type Handler = (event: DomainEvent, position: StreamPosition) => Promise<void>;

/** One rebuild of what a subscription's handler has made. Meanwhile, new events still go to the handler. */
export interface Rebuilding<Event = DomainEvent> {
  /** Called for each event of the range that the stream still has, in the order of the stream. */
  handle(event: Event, position: StreamPosition): Promise<void>;
  /**
   * Called at the end, with the range of which all events were handed over. Removes what comes from this range and was
   * not rebuilt.
   */
  finish(range: StreamRange): Promise<void>;
}

/** A range of sequences in the stream, both ends included. */
export interface StreamRange {
  readonly first: number;
  readonly last: number;
}

/** Handles the events of a subscription. */
export interface SubscriptionHandler<Contract extends EventContract> {
  handle(event: EventOf<Contract>, position: StreamPosition): Promise<void>;
}

/** A handler that makes something that can be rebuilt from the stream: a projection. */
export interface Projection<Contract extends EventContract> extends SubscriptionHandler<Contract> {
  startRebuild(range: StreamRange): Promise<Rebuilding<EventOf<Contract>>>;
}

/**
 * Binds a handler to its subscription.
 *
 * @example
 * subscribe(audit, { handle: (event, { sequence }) => write([sequence, event.data.deviceId]) });
 */
export function subscribe<Contract extends EventContract>(
  subscription: Subscription<Contract>,
  handler: SubscriptionHandler<Contract> | Projection<Contract>,
): Subscribed {
  // The subscriber hands over only events that were decoded by these very contracts.
  const typed = (event: DomainEvent) => event as EventOf<Contract>;
  return {
    subscription,
    handle: (event, position) => handler.handle(typed(event), position),
    ...('startRebuild' in handler && {
      startRebuild: async (range: StreamRange): Promise<Rebuilding> => {
        const rebuilding = await handler.startRebuild(range);
        return {
          handle: (event, position) => rebuilding.handle(typed(event), position),
          finish: (handedOver) => rebuilding.finish(handedOver),
        };
      },
    }),
  };
}
