import type { NatsConnection } from 'nats';
import {
  DEAD_LETTERS_STREAM,
  EVENTS_STREAM,
  findStream,
  OPERATIONS_STREAM,
  OVERFLOW_STREAM,
} from './streams';

/** The share at which the log warns: there is still time to find the cause, and to raise the limit. */
const ALARM = 0.8;
/** A stream with less room than both of these counts as full: the next large message is refused. */
const FULL_SHARE = 0.01;
const FULL_BYTES = 1024 * 1024;

const STREAMS = [EVENTS_STREAM, DEAD_LETTERS_STREAM, OVERFLOW_STREAM, OPERATIONS_STREAM] as const;
export type StreamName = (typeof STREAMS)[number];

/** How full a stream is. A limit below zero means no limit. */
export interface StreamFill {
  readonly stream: StreamName;
  readonly bytes: number;
  readonly maxBytes: number;
  readonly messages: number;
  readonly maxMessages: number;
  /** Sequence of the latest message. */
  readonly lastSequence: number;
}

/** Reads how full the streams are, without those that are missing. */
export async function readFills(connection: NatsConnection): Promise<readonly StreamFill[]> {
  const manager = await connection.jetstreamManager();
  const fills = await Promise.all(
    STREAMS.map(async (stream): Promise<StreamFill[]> => {
      // The check of the streams reports missing ones.
      const info = await findStream(manager, stream);
      if (!info) return [];
      const { state, config } = info;
      return [
        {
          ...{ stream, bytes: state.bytes, maxBytes: config.max_bytes },
          ...{ messages: state.messages, maxMessages: config.max_msgs, lastSequence: state.last_seq },
        },
      ];
    }),
  );
  return fills.flat();
}

export type FillLevel = 'room' | 'nearly-full' | 'full';

/** The used share of the limit that is nearer, bytes or messages; 0 without a limit. */
export function shareOf({
  bytes,
  maxBytes,
  messages,
  maxMessages,
}: Omit<StreamFill, 'stream' | 'lastSequence'>): number {
  return Math.max(maxBytes > 0 ? bytes / maxBytes : 0, maxMessages > 0 ? messages / maxMessages : 0);
}

export function levelOf(fill: Omit<StreamFill, 'stream' | 'lastSequence'>): FillLevel {
  const { bytes, maxBytes, messages, maxMessages } = fill;
  const leastRoom = Math.min(FULL_BYTES, FULL_SHARE * maxBytes);
  if ((maxBytes > 0 && maxBytes - bytes < leastRoom) || (maxMessages > 0 && messages >= maxMessages))
    return 'full';
  return shareOf(fill) >= ALARM ? 'nearly-full' : 'room';
}
