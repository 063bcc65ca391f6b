import type { JetStreamManager, NatsConnection, StreamConfig, StreamInfo } from 'nats';
import { DiscardPolicy, nanos, NatsError, RetentionPolicy, StorageType } from 'nats';
import {
  DEAD_LETTER_SUBJECTS,
  EVENT_SUBJECTS,
  OPERATION_SUBJECTS,
  OVERFLOW_SUBJECTS,
  PARTITIONS,
  stableJson,
} from '../../contracts';

export const EVENTS_STREAM = 'EVENTS';
export const DEAD_LETTERS_STREAM = 'DEAD_LETTERS';
/** Which dead letters wait until their stream takes them: their reasons without their events. */
export const OVERFLOW_STREAM = 'DEAD_LETTERS_OVERFLOW';
/** What people have done with dead letters: who, when, why. */
export const OPERATIONS_STREAM = 'OPERATIONS';

/** The server remembers message ids this long: longer than any publisher goes on retrying one publish. */
const DUPLICATE_WINDOW_MS = 10 * 60_000;
/** What a dead letter adds to its event: the headers again as base64, and those of its own. */
const DEAD_LETTER_ROOM = 64 * 1024;
/** Of a note in the overflow: four texts of a kilobyte at most, each character as six at worst. */
const NOTE_BYTES = 32 * 1024;
/** A note has some 500 bytes: this is for more than a hundred thousand dead letters. */
const OVERFLOW_MAX_BYTES = 64 * 1024 * 1024;
/** JetStream's error code for a stream that does not exist. */
const STREAM_NOT_FOUND = 10_059;
/** The name is in use with other settings: another process has made the stream since we looked. */
const STREAM_EXISTS = 10_058;

/** Brought to what is wanted at each start. */
const CHANGEABLE = ['max_bytes', 'num_replicas', 'max_msg_size', 'duplicate_window'] as const;
/** These decide about order and loss; a stream that differs in one of them is not ours. */
const FIXED = [
  ...(['subjects', 'subject_transform', 'mirror', 'sources', 'retention', 'storage', 'discard'] as const),
  ...(['max_age', 'max_msgs', 'max_msgs_per_subject', 'no_ack', 'sealed'] as const),
] as const;

export interface StreamSettings {
  readonly replicas: number;
  /** Of the events; and of each other stream that has no limit of its own here. */
  readonly maxBytes: number;
  readonly deadLettersMaxBytes?: number;
  readonly operationsMaxBytes?: number;
}

/** Thrown at start: the stream exists with settings that decide about order or loss and that cannot be changed. */
export class StreamMismatchError extends Error {
  override readonly name = 'StreamMismatchError';
  constructor(
    readonly stream: string,
    readonly differences: readonly string[],
  ) {
    super(
      `stream ${stream} exists with other settings than this version needs:\n` +
        differences.map((difference) => `  - ${difference}`).join('\n') +
        '\nGive Sagaline a NATS account of its own, or move the stream out of the way.',
    );
  }
}

/**
 * Makes the streams, or checks the ones that are there. Safe to call from any number of processes at once.
 *
 * @throws StreamMismatchError
 */
export async function provisionStreams(connection: NatsConnection, settings: StreamSettings): Promise<void> {
  const manager = await connection.jetstreamManager();
  const maxPayload = connection.info?.max_payload ?? 1024 * 1024;
  for (const wanted of wantedStreams(maxPayload, settings)) {
    const existing = (await findStream(manager, wanted.name)) ?? (await makeStream(manager, wanted));
    const differences = incompatibilities(existing.config, wanted);
    if (differences.length > 0) throw new StreamMismatchError(wanted.name, differences);
    if (CHANGEABLE.some((name) => existing.config[name] !== wanted[name])) {
      const { max_bytes, num_replicas, max_msg_size, duplicate_window } = wanted;
      await manager.streams.update(wanted.name, { max_bytes, num_replicas, max_msg_size, duplicate_window });
    }
  }
}

async function makeStream(manager: JetStreamManager, wanted: WantedStream): Promise<StreamInfo> {
  try {
    return await manager.streams.add(wanted);
  } catch (error) {
    if (error instanceof NatsError && error.api_error?.err_code === STREAM_EXISTS) {
      return manager.streams.info(wanted.name);
    }
    throw error;
  }
}

/** Whether all streams are there and alike what this version needs. */
export async function streamsAreReady(connection: NatsConnection): Promise<boolean> {
  const manager = await connection.jetstreamManager();
  const ready = wantedStreams(0, ANY_SIZE).map(async (stream) => {
    const existing = await findStream(manager, stream.name);
    return existing !== undefined && incompatibilities(existing.config, stream).length === 0;
  });
  return (await Promise.all(ready)).every(Boolean);
}

/** For comparing what may not change; sizes and replicas may. */
const ANY_SIZE: StreamSettings = { replicas: 1, maxBytes: -1 };

type WantedStream = Partial<StreamConfig> & { name: string } & Pick<
    StreamConfig,
    (typeof CHANGEABLE)[number]
  >;

function wantedStreams(maxPayload: number, settings: StreamSettings): WantedStream[] {
  return [eventsStream, deadLettersStream, overflowStream, operationsStream].map((stream) =>
    stream(maxPayload, settings),
  );
}

function eventsStream(maxPayload: number, { replicas, maxBytes }: StreamSettings): WantedStream {
  const key = [1, 2, 3, 4].map((token) => `{{wildcard(${token})}}`).join('.');
  return {
    ...common(replicas, maxBytes),
    name: EVENTS_STREAM,
    description: 'Domain events, in order for each correlation key',
    subjects: [EVENT_SUBJECTS],
    subject_transform: { src: EVENT_SUBJECTS, dest: `p.{{partition(${PARTITIONS},4)}}.${key}` },
    max_msg_size: maxPayload - DEAD_LETTER_ROOM,
  };
}

function deadLettersStream(maxPayload: number, settings: StreamSettings): WantedStream {
  const { replicas, maxBytes, deadLettersMaxBytes = maxBytes } = settings;
  return {
    ...common(replicas, deadLettersMaxBytes),
    name: DEAD_LETTERS_STREAM,
    description: 'Events that could not be applied, each with its reason',
    subjects: [DEAD_LETTER_SUBJECTS],
    max_msg_size: maxPayload,
  };
}

function overflowStream(_maxPayload: number, { replicas, maxBytes }: StreamSettings): WantedStream {
  return {
    ...common(replicas, maxBytes < 0 ? maxBytes : Math.min(maxBytes, OVERFLOW_MAX_BYTES)),
    name: OVERFLOW_STREAM,
    description: 'Dead letters that wait until their stream takes them, without their events',
    subjects: [OVERFLOW_SUBJECTS],
    max_msg_size: NOTE_BYTES,
  };
}

function operationsStream(maxPayload: number, settings: StreamSettings): WantedStream {
  const { replicas, maxBytes, operationsMaxBytes = maxBytes } = settings;
  return {
    ...common(replicas, operationsMaxBytes),
    name: OPERATIONS_STREAM,
    description: 'What people have done with dead letters',
    subjects: [OPERATION_SUBJECTS],
    max_msg_size: maxPayload,
  };
}

function common(replicas: number, maxBytes: number) {
  return {
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    // A full stream refuses the publisher; the default would delete the oldest events, read or not.
    discard: DiscardPolicy.New,
    duplicate_window: nanos(DUPLICATE_WINDOW_MS),
    max_bytes: maxBytes,
    num_replicas: replicas,
    // Each of these would lose an event in silence: by age, by number, or by leaving out the PubAck.
    max_age: 0,
    max_msgs: -1,
    max_msgs_per_subject: -1,
    no_ack: false,
    sealed: false,
  };
}

function incompatibilities(existing: StreamConfig, wanted: WantedStream): string[] {
  return FIXED.flatMap((name) => {
    const [is, should] = [existing[name], wanted[name]].map((value) =>
      stableJson(value ?? ABSENT[name] ?? null),
    );
    return is === should ? [] : [`${name} is ${is ?? ''}, must be ${should ?? ''}`];
  });
}

/** What it means when the server leaves a setting out. */
const ABSENT: Partial<Record<keyof StreamConfig, unknown>> = { no_ack: false, sealed: false };

async function findStream(manager: JetStreamManager, name: string): Promise<StreamInfo | undefined> {
  try {
    return await manager.streams.info(name);
  } catch (error) {
    if (error instanceof NatsError && error.api_error?.err_code === STREAM_NOT_FOUND) return undefined;
    throw error;
  }
}
