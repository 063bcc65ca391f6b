import type { Log } from '../contracts';
import type { Delivery } from './ports';

/** A third of `ack_wait`: two heartbeats may be lost before the server gives the message to another process. */
const HEARTBEAT_MS = 1_300;

/** How an event ended: a `released` event is given back, every other is acknowledged. */
export interface Settlement<Outcome extends string> {
  readonly outcome: Outcome | 'released';
  readonly reason?: string | undefined;
}

/** An event that is being processed. Heartbeats tell the server so, until one of these methods is called. */
export interface InFlight<Outcome extends string> {
  /**
   * Acknowledges or releases the event.
   *
   * @throws when the connection is closed; then call `leave`
   */
  settle(settlement: Settlement<Outcome>): void;
  /** Neither acknowledges nor releases the event. The server delivers it again, so nothing is lost. */
  leave(error: unknown): void;
}

export function createSettlements<Outcome extends string>({
  metrics,
  log,
  now,
}: {
  readonly metrics: {
    settled(outcome: Outcome | 'released', reason: string | undefined, seconds: number): void;
  };
  readonly log: Log;
  /** Monotonic clock, in milliseconds. */
  readonly now: () => number;
}): { begin(delivery: Delivery): InFlight<Outcome> } {
  const heartbeats = createHeartbeats(log);
  return {
    begin: (delivery) => {
      const started = now();
      heartbeats.begin(delivery);
      return {
        settle: ({ outcome, reason }) => {
          if (outcome === 'released') delivery.release();
          else delivery.settle();
          heartbeats.end(delivery);
          metrics.settled(outcome, reason, (now() - started) / 1_000);
        },
        leave: (error) => {
          heartbeats.end(delivery);
          const { subject, sequence } = delivery;
          log.error({ err: error, subject, sequence }, 'event left for redelivery');
        },
      };
    },
  };
}

/** One timer for all events in flight: at thousands of events a second, a timer for each would be costly. */
function createHeartbeats(log: Log): { begin(delivery: Delivery): void; end(delivery: Delivery): void } {
  const inFlight = new Set<Delivery>();
  let timer: NodeJS.Timeout | undefined;
  return {
    begin: (delivery) => {
      inFlight.add(delivery);
      timer ??= setInterval(() => inFlight.forEach((each) => beat(each, log)), HEARTBEAT_MS);
    },
    end: (delivery) => {
      inFlight.delete(delivery);
      if (inFlight.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    },
  };
}

/**
 * Sends a heartbeat. A failed one causes at most a redelivery, so its error is only logged: thrown out of a timer, it
 * would end the process.
 */
function beat(delivery: Delivery, log: Log): void {
  try {
    delivery.working();
  } catch (error) {
    const { sequence } = delivery;
    log.warn({ err: error, sequence }, 'the server was not told that the event is being worked on');
  }
}
