import { backoff } from './backoff';
import type { DeadLetter, DeadLetters, Delivery, Log } from './ports';

/** A third of `ack_wait`: two beats may get lost before the server gives the message to another process. */
const HEARTBEAT_MS = 1_300;

/** How an event ended: `released` is given back, everything else is acknowledged. */
export interface Settlement<Outcome extends string> {
  readonly outcome: Outcome | 'released';
  readonly reason?: string | undefined;
}

/** Tells the server of each event in hand, again and again, that it is being worked on. */
export interface Heartbeats {
  /** @returns what ends it */
  begin(delivery: Delivery): () => void;
}

/** One timer for all events in hand: at thousands of events a second a timer for each would be work of its own. */
export function createHeartbeats(log: Log): Heartbeats {
  const inHand = new Set<Delivery>();
  let timer: NodeJS.Timeout | undefined;
  return {
    begin: (delivery) => {
      inHand.add(delivery);
      timer ??= setInterval(() => inHand.forEach((each) => beat(each, log)), HEARTBEAT_MS);
      return () => {
        inHand.delete(delivery);
        if (inHand.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
}

/** A beat that fails costs nothing but a redelivery; thrown out of a timer it would end the process. */
function beat(delivery: Delivery, log: Log): void {
  try {
    delivery.working();
  } catch (error) {
    const { sequence } = delivery;
    log.warn({ err: error, sequence }, 'the server was not told that the event is being worked on');
  }
}

/**
 * Says that the event is being worked on until `work` has an outcome, and settles it then. Never rejects: whatever goes
 * wrong, the next event can be handled.
 */
export async function processAndSettle<Outcome extends string>(
  delivery: Delivery,
  work: () => Promise<Settlement<Outcome>>,
  {
    heartbeats,
    settled,
    log,
    now,
  }: {
    readonly heartbeats: Heartbeats;
    readonly settled: (outcome: Outcome | 'released', reason: string | undefined, seconds: number) => void;
    readonly log: Log;
    readonly now: () => number;
  },
): Promise<void> {
  const started = now();
  const endBeats = heartbeats.begin(delivery);
  try {
    const { outcome, reason } = await work();
    if (outcome === 'released') delivery.release();
    else delivery.settle();
    settled(outcome, reason, (now() - started) / 1_000);
  } catch (error) {
    // There is no connection any more, or this is a defect: the server redelivers, nothing is lost.
    const { subject, sequence } = delivery;
    log.error({ err: error, subject, sequence }, 'event left for redelivery');
  } finally {
    endBeats();
  }
}

/**
 * Puts an event among the dead letters, and keeps hold of it until the stream has confirmed; released where we stop
 * before.
 */
export async function sendToDeadLetters(
  deadLetter: DeadLetter,
  parts: {
    readonly deadLetters: DeadLetters;
    readonly hold: (cause: 'dead-letters-unavailable', error: unknown) => void;
    readonly stopping: AbortSignal;
    readonly log: Log;
    readonly random: () => number;
    readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  },
): Promise<Settlement<'dead-letter'>> {
  const { deadLetters, hold, stopping, log, random, sleep } = parts;
  const { delivery, rejection, route } = deadLetter;
  let attempt = 0;
  do {
    try {
      await deadLetters.publish(deadLetter);
      const { subject, sequence } = delivery;
      log.warn({ ...rejection, route, subject, sequence }, 'dead letter');
      return { outcome: 'dead-letter', reason: rejection.reason };
    } catch (error) {
      hold('dead-letters-unavailable', error);
      await sleep(backoff(++attempt, random), stopping);
    }
  } while (!stopping.aborted);
  return { outcome: 'released' };
}
