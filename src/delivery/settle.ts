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

export interface Settlements<Outcome extends string> {
  begin(delivery: Delivery): InFlight<Outcome>;
  /** Remembers the time of the event in a delivery, RFC 3339, for its age at the settlement. */
  decoded(delivery: Delivery, time: string | undefined): void;
}

export function createSettlements<Outcome extends string>({
  metrics,
  log,
  now,
  clock = () => new Date(),
}: {
  readonly metrics: {
    settled(
      outcome: Outcome | 'released',
      reason: string | undefined,
      seconds: number,
      ageSeconds?: number,
    ): void;
  };
  readonly log: Log;
  /** Monotonic clock, in milliseconds. */
  readonly now: () => number;
  readonly clock?: () => Date;
}): Settlements<Outcome> {
  const heartbeats = createHeartbeats(log);
  const times = new WeakMap<Delivery, number>();
  const ageOf = (delivery: Delivery) => {
    const time = times.get(delivery) ?? delivery.storedAt.getTime();
    // The publisher's clock may be ahead.
    return Math.max(0, clock().getTime() - time) / 1_000;
  };
  return {
    decoded: (delivery, time) => {
      const at = time === undefined ? NaN : Date.parse(time);
      if (!Number.isNaN(at)) times.set(delivery, at);
    },
    begin: (delivery) => {
      const started = now();
      heartbeats.begin(delivery);
      return {
        settle: ({ outcome, reason }) => {
          if (outcome === 'released') delivery.release();
          else delivery.settle();
          heartbeats.end(delivery);
          metrics.settled(outcome, reason, (now() - started) / 1_000, ageOf(delivery));
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
