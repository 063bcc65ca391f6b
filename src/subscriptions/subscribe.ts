import type { Transaction } from '../adapters/postgres';
import type { BatchSubscription, DomainEvent, EventContract, EventOf, Subscription } from '../contracts';
import type { StreamPosition } from './ports';

/** A subscription with its handler, as `subscribe` returns it. */
export type Subscribed = SingleSubscribed | BatchSubscribed;

/**
 * A subscription with the handler of its events, one at a time.
 *
 * The handler is called at least once for each event, in stream order for each correlation key, and never for two
 * events of one key at a time. It has to recognise repeats by `source` and `id`. It rejects with a `RefusalError` if it
 * will never take the event, and with a `DefectError`, or an error of PostgreSQL's class 22, if the data cannot be
 * handled: both make a dead letter at once. After any other error, the event is tried again for about a minute, and
 * longer while dependencies are not available. The handler has to end its own waits.
 */
export interface SingleSubscribed {
  readonly subscription: Subscription;
  readonly handle: Handler;
  /** Starts a rebuild. Absent if nothing can be rebuilt. */
  readonly startRebuild?: ((range: StreamRange) => Promise<Rebuilding>) | undefined;
}

/**
 * A subscription with the handler of its batches.
 *
 * Each event of the stream is applied once: what the handler writes in the transaction is committed together with the
 * position in the stream. Events of one correlation key come in stream order, and never in two batches at a time. A
 * handler that rejects has written nothing. After a `RefusalError`, a `DefectError` or an error of PostgreSQL's class
 * 22, the batch is halved until the event is found that causes it, which becomes a dead letter; so the handler must do
 * with any part of a batch. After any other error, the batch is tried again, and halved if that does not help.
 */
export interface BatchSubscribed {
  readonly subscription: BatchSubscription;
  readonly handleBatch: BatchHandle;
}

/** Handles one batch; everything that it writes in the transaction is committed when it resolves. */
export type BatchHandle = (
  events: readonly DomainEvent[],
  transaction: Transaction,
  positions: readonly StreamPosition[],
) => Promise<void>;

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

/** Handles the events of a batch subscription. */
export interface BatchHandler<Contract extends EventContract> {
  /**
   * @param events at least one, in stream order for each correlation key
   * @param transaction also moves the position in the stream; what is done outside of it may be done more than once
   * @param positions of the events, in the same order
   */
  handle(
    events: readonly EventOf<Contract>[],
    transaction: Transaction,
    positions: readonly StreamPosition[],
  ): Promise<void>;
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
 * @example
 * subscribe(counts, {
 *   handle: async (events, transaction) => {
 *     await transaction.query('insert into devices.seen (device) select unnest($1::text[])', [
 *       events.map(({ key }) => key),
 *     ]);
 *   },
 * });
 */
export function subscribe<Contract extends EventContract>(
  subscription: BatchSubscription<Contract>,
  handler: BatchHandler<Contract>,
): BatchSubscribed;
export function subscribe<Contract extends EventContract>(
  subscription: Subscription<Contract>,
  handler: SubscriptionHandler<Contract> | Projection<Contract>,
): SingleSubscribed;
export function subscribe<Contract extends EventContract>(
  ...bound:
    | [subscription: BatchSubscription<Contract>, handler: BatchHandler<Contract>]
    | [subscription: Subscription<Contract>, handler: SubscriptionHandler<Contract> | Projection<Contract>]
): Subscribed {
  return isBatch(bound) ? inBatches(...bound) : oneByOne(...bound);
}

function isBatch<Batch extends [BatchSubscription, unknown]>(
  bound: Batch | [Subscription, unknown],
): bound is Batch {
  return bound[0].batch !== undefined;
}

function inBatches<Contract extends EventContract>(
  subscription: BatchSubscription<Contract>,
  handler: BatchHandler<Contract>,
): BatchSubscribed {
  return {
    subscription,
    // The subscriber hands over only events that were decoded by these very contracts.
    handleBatch: (events, transaction, positions) =>
      handler.handle(events as readonly EventOf<Contract>[], transaction, positions),
  };
}

function oneByOne<Contract extends EventContract>(
  subscription: Subscription<Contract>,
  handler: SubscriptionHandler<Contract> | Projection<Contract>,
): SingleSubscribed {
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
