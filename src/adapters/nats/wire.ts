import type { NatsConnection } from 'nats';
import { ErrorCode, NatsError } from 'nats';

/** What the consumers of one process say about their events: acknowledged, given back, being worked on. */
export interface Wire {
  /**
   * Sends within {@link TOGETHER_MS}, with few events in hand at the end of this turn of the event loop.
   *
   * @throws NatsError when the connection is closed for good
   */
  say(subject: string, word: '+ACK' | '-NAK' | '+WPI'): void;
  /** Resolves when the server has all that was said, or the connection is closed. */
  flush(): Promise<void>;
}

/**
 * What is said meanwhile goes out in one write, and what the server hands out for it comes back together: a write to the
 * socket costs more than all else that there is to do about an acknowledgement. The next event of a partition comes so much
 * later, and no other.
 */
const TOGETHER_MS = 10;
/** So many are worth a write: they do not wait for the time, only for what this turn of the event loop adds. */
const WORTH_A_WRITE = 4;
/** With fewer events in hand nothing would come to go along: one hot key must not wait after each of its events. */
const COMPANY = 16;

/** @param inHand events that the process has in hand */
export function createWire(connection: NatsConnection, inHand: () => number): Wire {
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
      if (batch.length === 1 && inHand() >= COMPANY) timer = setTimeout(send, TOGETHER_MS);
      else if (batch.length === 1 || batch.length === WORTH_A_WRITE) setImmediate(send);
    },
    flush: async () => {
      send();
      await connection.flush().catch(() => undefined);
    },
  };
}
