import type { DomainEvent, EventContract, EventOf, Subscription } from '../contracts';
import type { Place } from './ports';

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
  readonly startRebuild?: ((stretch: Stretch) => Promise<Rebuilding>) | undefined;
}

/** Handles one event of a subscription; the event is acknowledged when it resolves. */
export type Handler = (event: DomainEvent, place: Place) => Promise<void>;

/** One rebuild of what a subscription's handler has made. Events meanwhile go on to the handler, too. */
export interface Rebuilding<Event = DomainEvent> {
  /** Called for the events that the stream still has of the stretch, in its order. */
  handle(event: Event, place: Place): Promise<void>;
  /** Removes what stems from this stretch, all of which was handed over, and was not made anew. */
  finish(stretch: Stretch): Promise<void>;
}

/** Of the stream, both ends included. */
export interface Stretch {
  readonly first: number;
  readonly last: number;
}

/** What is done about the events of a subscription. */
export interface Handling<Contract extends EventContract> {
  handle(event: EventOf<Contract>, place: Place): Promise<void>;
}

/** What makes something that can be made anew from the stream: a projection. */
export interface Projection<Contract extends EventContract> extends Handling<Contract> {
  startRebuild(stretch: Stretch): Promise<Rebuilding<EventOf<Contract>>>;
}

/**
 * Binds a handler to its subscription.
 *
 * @example
 * subscribe(audit, { handle: (event, { sequence }) => write([sequence, event.data.deviceId]) });
 */
export function subscribe<Contract extends EventContract>(
  subscription: Subscription<Contract>,
  handling: Handling<Contract> | Projection<Contract>,
): Subscribed {
  // The subscriber hands over only events that were decoded by these very contracts.
  const typed = (event: DomainEvent) => event as EventOf<Contract>;
  return {
    subscription,
    handle: (event, place) => handling.handle(typed(event), place),
    ...('startRebuild' in handling && {
      startRebuild: async (stretch: Stretch): Promise<Rebuilding> => {
        const rebuilding = await handling.startRebuild(stretch);
        return {
          handle: (event, place) => rebuilding.handle(typed(event), place),
          finish: (handedOver) => rebuilding.finish(handedOver),
        };
      },
    }),
  };
}
