import type { PublishedMessage } from './decode';

/** A message as a stream holds it, under the stream's own subject. */
export interface StoredMessage extends PublishedMessage {
  readonly stream: string;
  readonly sequence: number;
  readonly storedAt: Date;
}

/** Reads a stream without affecting its consumers. */
export interface StreamReader {
  readonly stream: string;
  /** First and last sequence; the last is below the first if the stream is empty. */
  bounds(): Promise<{ readonly first: number; readonly last: number }>;
  /** The first message from this sequence on whose subject matches; wildcards are allowed. */
  next(subjects: string, from: number): Promise<StoredMessage | undefined>;
  /** The latest message whose subject matches; wildcards are allowed. */
  last(subjects: string): Promise<StoredMessage | undefined>;
}
