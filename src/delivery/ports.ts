import type { Rejection } from '../contracts';

/** One message of the event stream, as a consumer hands it out. */
export interface Received {
  /** The subject that the publisher used. */
  readonly subject: string;
  /** Header names as they came; a repeated header has several values. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body: Uint8Array;
  readonly stream: string;
  /** The sequence in the stream. Stream and sequence together identify the message. */
  readonly sequence: number;
  /** Number of deliveries: 1 for the first. */
  readonly deliveryCount: number;
  /** When the stream stored the message. */
  readonly storedAt: Date;
}

/** One message of the event stream, held by this process until it is settled or released. The adapter implements it. */
export interface Delivery extends Received {
  /** Tells the server that this message is still being worked on. Fire and forget. */
  working(): void;
  /**
   * Acknowledges the message. Fire and forget: if the acknowledgement is lost, the message comes again.
   *
   * @throws when the connection is closed
   */
  settle(): void;
  /** Gives the message back, so that any process may take it at once. Fire and forget. */
  release(): void;
}

/** An event that could not be applied, to be stored in the dead-letter stream. */
export interface DeadLetter {
  readonly delivery: Received;
  readonly rejection: Rejection;
  /** The route that failed; absent if the event could not be read. */
  readonly route?: string | undefined;
}

export interface DeadLetters {
  /** Resolves when the stream has confirmed; publishing the same dead letter again is harmless. */
  publish(deadLetter: DeadLetter): Promise<void>;
}
