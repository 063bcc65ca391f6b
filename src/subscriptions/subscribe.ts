import type { DomainEvent, EventContract, EventOf, Subscription } from '../contracts';
import type { StreamPosition } from './ports';

/**
 * A subscription with what is done about each of its events.
 *
 * A handler is called at least once for each event, in stream order for each correlation key, and never for two events
 * of one key at a time. It has to know an event that it has seen by `source` and `id`. It rejects with a `RefusalError`
 * where it will never take the event, and with a `DefectError`, or an error of PostgreSQL's class 22, where its data cannot be handled: both
 * are dead letters at once. Anything else is tried again for about a minute, and longer while the surroundings are away. It ends its
 * own waits.
 */
export interface Subscribed {
  readonly subscription: Subscription;
  readonly handle: Handler;
  /** Absent where nothing can be made anew. */
  readonly startRebuild?: ((range: StreamRange) => Promise<Rebuilding>) | undefined;
}

/** Handles one event of a subscription; the event is acknowledged when it resolves. */
export type Handler = (event: DomainEvent, position: StreamPosition) => Promise<void>;

/** One rebuild of what a subscription's handler has made. Events meanwhile go on to the handler, too. */
export interface Rebuilding<Event = DomainEvent> {
  /** Called for the events that the stream still has of the stretch, in its order. */
  handle(event: Event, position: StreamPosition): Promise<void>;
  /** Removes what stems from this stretch, all of which was handed over, and was not made anew. */
  finish(range: StreamRange): Promise<void>;
}

/** Of the stream, both ends included. */
export interface StreamRange {
  readonly first: number;
  readonly last: number;
}

/** What is done about the events of a subscription. */
export interface SubscriptionHandler<Contract extends EventContract> {
  handle(event: EventOf<Contract>, position: StreamPosition): Promise<void>;
}

/** What makes something that can be made anew from the stream: a projection. */
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
