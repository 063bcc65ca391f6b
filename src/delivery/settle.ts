import type { Log } from '../contracts';
import type { Delivery } from './ports';

/** A third of `ack_wait`: two heartbeats may get lost before the server gives the message to another process. */
const HEARTBEAT_MS = 1_300;

/** How an event ended: `released` is given back, everything else is acknowledged. */
export interface Settlement<Outcome extends string> {
  readonly outcome: Outcome | 'released';
  readonly reason?: string | undefined;
}

/** An event that is being processed: the server hears again and again that it is, until one of these is called. */
export interface InFlight<Outcome extends string> {
  /** @throws when there is no connection any more: then the event is to be left */
  settle(settlement: Settlement<Outcome>): void;
  /** Neither acknowledges nor releases the event: the server delivers it again, and nothing is lost. */
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
  /** Milliseconds that never run backwards. */
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

/** One timer for all events in flight: at thousands of events a second a timer for each would be work of its own. */
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

/** A heartbeat that fails costs nothing but a redelivery; thrown out of a timer it would end the process. */
function beat(delivery: Delivery, log: Log): void {
  try {
    delivery.working();
  } catch (error) {
    const { sequence } = delivery;
    log.warn({ err: error, sequence }, 'the server was not told that the event is being worked on');
  }
}
