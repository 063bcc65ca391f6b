import type { StreamConfig } from 'nats';
import { DiscardPolicy, nanos, RetentionPolicy, StorageType } from 'nats';
import {
  DEAD_LETTER_SUBJECTS,
  EVENT_SUBJECTS,
  OPERATION_SUBJECTS,
  OVERFLOW_SUBJECTS,
  PARTITIONS,
} from '../../../contracts';

export const EVENTS_STREAM = 'EVENTS';
export const DEAD_LETTERS_STREAM = 'DEAD_LETTERS';
/** The parked dead letters: their reasons without their events. */
export const OVERFLOW_STREAM = 'DEAD_LETTERS_OVERFLOW';
/** What people have done with dead letters: who, when, why. */
export const OPERATIONS_STREAM = 'OPERATIONS';

/** The bucket of suspected events and its stream, made when the first event is suspected. */
export const POISON_DETECTION_BUCKET = 'POISON_DETECTION';
export const POISON_DETECTION_STREAM = `KV_${POISON_DETECTION_BUCKET}`;

/** How long the server remembers message ids: longer than any publisher retries one publish. */
const DUPLICATE_WINDOW_MS = 10 * 60_000;
/** Bytes that a dead letter adds to its event: the headers again as base64, and its own headers. */
const DEAD_LETTER_ROOM = 64 * 1024;
/** The largest note in the overflow: four texts of at most a kilobyte, each character written as six at worst. */
const NOTE_BYTES = 32 * 1024;
/** A note has some 500 bytes, so this is enough for more than a hundred thousand dead letters. */
const OVERFLOW_MAX_BYTES = 64 * 1024 * 1024;
/** The settings that each start changes to the wanted values. */
export const CHANGEABLE = ['max_bytes', 'num_replicas', 'max_msg_size', 'duplicate_window'] as const;

export interface StreamSettings {
  readonly replicas: number;
  /** Limit of the events, in bytes, and of each other stream without a limit of its own. */
  readonly maxBytes: number;
  readonly deadLettersMaxBytes?: number;
  readonly operationsMaxBytes?: number;
}

/** For comparing the settings that must not change; sizes and replicas may. */
export const ANY_SIZE: StreamSettings = { replicas: 1, maxBytes: -1 };

export type WantedStream = Partial<StreamConfig> & { name: string } & Pick<
    StreamConfig,
    (typeof CHANGEABLE)[number]
  >;

export function wantedStreams(maxPayload: number, settings: StreamSettings): WantedStream[] {
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
    // Each of these settings could lose an event silently: by age, by number, or by leaving out the PubAck.
    max_age: 0,
    max_msgs: -1,
    max_msgs_per_subject: -1,
    no_ack: false,
    sealed: false,
  };
}
