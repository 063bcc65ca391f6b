import type { NatsConnection } from 'nats';
import { ErrorCode, NatsError } from 'nats';

/** What the consumers of one process say about their events: acknowledged, given back, being worked on. */
export interface AckBatcher {
  /**
   * Sends within {@link AT_MOST_MS} at most, with few events in hand at the end of this turn of the event loop.
   *
   * @throws NatsError when the connection is closed for good
   */
  say(subject: string, word: '+ACK' | '-NAK' | '+WPI'): void;
  /** Resolves when the server has all that was said, or the connection is closed. */
  flush(): Promise<void>;
}

/** What the process has in hand at this moment. */
export interface InHand {
  events(): number;
  /** For how long an event is in hand, on the average of the last ones, in milliseconds. */
  heldMs(): number;
}

/**
 * What is said meanwhile goes out in one write, and what the server hands out for it comes back together: a write to the
 * socket costs more than all else that there is to do about an acknowledgement. The next event of a partition comes so much
 * later, and no other: by a tenth of the time that an event takes, so that a slow Temporal, which is served by few events a
 * second, has its acknowledgements together as a quick one has.
 */
const SHARE = 10;
const AT_MOST_MS = 50;
/** With fewer events in hand nothing would come to go along: one hot key must not wait after each of its events. */
const COMPANY = 16;

export function createAckBatcher(connection: NatsConnection, inHand: InHand): AckBatcher {
  let batch: { subject: string; word: string }[] = [];
  let timer: NodeJS.Timeout | undefined;

  function send(): void {
    clearTimeout(timer);
    const sending = batch;
    batch = [];
    // Closed meanwhile: what is not acknowledged is delivered again, to others.
    if (connection.isClosed()) return;
    for (const { subject, word } of sending) connection.publish(subject, word);
  }

  return {
    say: (subject, word) => {
      if (connection.isClosed()) throw NatsError.errorForCode(ErrorCode.ConnectionClosed);
      batch.push({ subject, word });
      if (batch.length > 1) return;
      if (inHand.events() < COMPANY) setImmediate(send);
      else timer = setTimeout(send, Math.min(AT_MOST_MS, inHand.heldMs() / SHARE));
    },
    flush: async () => {
      send();
      await connection.flush().catch(() => undefined);
    },
  };
}
