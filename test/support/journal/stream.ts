/** Reads the progress of the bridges from the event stream and its consumers, even if bridges are down. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsConnection } from 'nats';
import { headers } from 'nats';
import { DEAD_LETTERS_STREAM, EVENTS_STREAM } from '../../../src/adapters/nats';
import type { OutgoingEvent } from '../../../src/contracts';
import { PARTITIONS, STRUCTURED_CONTENT_TYPE } from '../../../src/contracts';

/** The number of publishes in flight. */
const WINDOW = 200;
const LOOK_EVERY_MS = 200;

export interface Progress {
  readonly stored: number;
  /** Not acknowledged, or not even delivered. */
  readonly left: number;
  /** The number of times that an event was delivered. */
  readonly deliveries: number;
  readonly deadLetters: number;
}

export async function progressOf(connection: NatsConnection): Promise<Progress> {
  const manager = await connection.jetstreamManager();
  const consumers = await manager.consumers.list(EVENTS_STREAM).next();
  const [events, deadLetters] = await Promise.all(
    [EVENTS_STREAM, DEAD_LETTERS_STREAM].map((stream) => manager.streams.info(stream)),
  );
  const sumOf = (value: (consumer: (typeof consumers)[number]) => number) =>
    consumers.reduce((sum, consumer) => sum + value(consumer), 0);
  const stored = events?.state.messages ?? 0;
  return {
    stored,
    // Before the first bridge has made all consumers, the other partitions are unknown.
    left:
      consumers.length < PARTITIONS
        ? stored
        : sumOf(({ num_pending, num_ack_pending }) => num_pending + num_ack_pending),
    deliveries: sumOf(({ delivered }) => delivered.consumer_seq),
    deadLetters: deadLetters?.state.messages ?? 0,
  };
}

/** Resolves when `events` events have been stored and acknowledged. */
export async function untilSettled(
  connection: NatsConnection,
  events: number,
  withinMs: number,
): Promise<Progress> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const progress = await progressOf(connection);
    if (progress.stored - progress.left >= events) return progress;
    if (Date.now() > deadline) {
      throw new Error(`${events} settled events were waited for in vain: ${JSON.stringify(progress)}`);
    }
    await sleep(LOOK_EVERY_MS);
  }
}

/**
 * Publishes in this order, each under its own message id, so that the stream stores a repeat as another message.
 *
 * @returns stream sequences, in the order of the given messages
 */
export async function publishInOrder(
  connection: NatsConnection,
  messages: readonly { readonly event: OutgoingEvent; readonly messageId: string }[],
): Promise<number[]> {
  const jetstream = connection.jetstream();
  const head = headers();
  head.set('Content-Type', STRUCTURED_CONTENT_TYPE);
  const sequences: number[] = [];
  for (let from = 0; from < messages.length; from += WINDOW) {
    const receipts = await Promise.all(
      messages
        .slice(from, from + WINDOW)
        .map(({ event, messageId }) =>
          jetstream.publish(event.subject, event.body, { headers: head, msgID: messageId }),
        ),
    );
    sequences.push(...receipts.map(({ seq }) => seq));
  }
  return sequences;
}
