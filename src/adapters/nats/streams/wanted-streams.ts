import type { StreamConfig } from 'nats';
import { DiscardPolicy, nanos, RetentionPolicy, StorageType } from 'nats';
import {
  DEAD_LETTER_SUBJECTS,
  EVENT_SUBJECTS,
  OPERATION_SUBJECTS,
  OVERFLOW_SUBJECTS,
  LANES,
  PARTITIONS,
} from '../../../contracts';

export const EVENTS_STREAM = 'EVENTS';
export const DEAD_LETTERS_STREAM = 'DEAD_LETTERS';
/** The parked dead letters: their reasons without their events. */
export const OVERFLOW_STREAM = 'DEAD_LETTERS_OVERFLOW';
/** What people have done with dead letters: who, when, why. */
export const OPERATIONS_STREAM = 'OPERATIONS';
/** A copy of the events, if it is wanted: no role may change it. */
export const MIRROR_STREAM = 'EVENTS_MIRROR';

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
/** The settings that each start changes to the wanted values. The server takes back neither `deny`. */
export const CHANGEABLE = [
  ...(['max_bytes', 'num_replicas', 'max_msg_size', 'duplicate_window'] as const),
  ...(['deny_delete', 'deny_purge'] as const),
  'allow_direct',
] as const;

export interface StreamSettings {
  readonly replicas: number;
  /** Limit of the events, in bytes, and of each other stream without a limit of its own. */
  readonly maxBytes: number;
  readonly deadLettersMaxBytes?: number;
  readonly operationsMaxBytes?: number;
  /** How long the mirror keeps a copy of each event. Default: there is no mirror */
  readonly mirrorMs?: number | undefined;
}

/** Old events are purged, up to the first one that a consumer still needs. Nothing deletes a single event. */
const REMOVED_BY_PURGE = { deny_delete: true, deny_purge: false };
/** Messages are deleted one by one when they were dealt with. Nothing purges the stream. */
const REMOVED_ONE_BY_ONE = { deny_delete: false, deny_purge: true };

/** For comparing the settings that must not change; sizes and replicas may. */
export const ANY_SIZE: StreamSettings = { replicas: 1, maxBytes: -1 };

export type WantedStream = Partial<StreamConfig> & { name: string } & Pick<
    StreamConfig,
    (typeof CHANGEABLE)[number]
  >;

export function wantedStreams(maxPayload: number, settings: StreamSettings): WantedStream[] {
  const { mirrorMs } = settings;
  return [
    ...[eventsStream, deadLettersStream, overflowStream, operationsStream].map((stream) =>
      stream(maxPayload, settings),
    ),
    ...(mirrorMs === undefined ? [] : [mirrorStream(maxPayload, { ...settings, mirrorMs })]),
  ];
}

function eventsStream(maxPayload: number, { replicas, maxBytes }: StreamSettings): WantedStream {
  const key = [1, 2, 3, 4].map((token) => `{{wildcard(${token})}}`).join('.');
  return {
    ...common(replicas, maxBytes),
    name: EVENTS_STREAM,
    description: 'Domain events, in order for each correlation key',
    subjects: [EVENT_SUBJECTS],
    subject_transform: {
      src: EVENT_SUBJECTS,
      dest: `p.{{partition(${LANES},4)}}.{{partition(${PARTITIONS},4)}}.${key}`,
    },
    max_msg_size: maxPayload - DEAD_LETTER_ROOM,
    // Many events by one request: what waits behind a hot key.
    allow_direct: true,
    ...REMOVED_BY_PURGE,
  };
}

/** The server copies each event as it is stored; nobody can publish to a mirror, or remove anything from it. */
function mirrorStream(
  maxPayload: number,
  { replicas, maxBytes, mirrorMs }: StreamSettings & { readonly mirrorMs: number },
): WantedStream {
  return {
    ...common(replicas, maxBytes),
    name: MIRROR_STREAM,
    description: 'A copy of the domain events, for the case that somebody removes them',
    mirror: { name: EVENTS_STREAM },
    // A full copy goes on with the newest events; the events themselves are not affected.
    discard: DiscardPolicy.Old,
    max_age: nanos(mirrorMs),
    // The server refuses a mirror with a window of its own.
    duplicate_window: 0,
    max_msg_size: maxPayload,
    deny_delete: true,
    deny_purge: true,
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
    ...REMOVED_ONE_BY_ONE,
  };
}

function overflowStream(_maxPayload: number, { replicas, maxBytes }: StreamSettings): WantedStream {
  return {
    ...common(replicas, maxBytes < 0 ? maxBytes : Math.min(maxBytes, OVERFLOW_MAX_BYTES)),
    name: OVERFLOW_STREAM,
    description: 'Dead letters that wait until their stream takes them, without their events',
    subjects: [OVERFLOW_SUBJECTS],
    max_msg_size: NOTE_BYTES,
    ...REMOVED_ONE_BY_ONE,
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
    ...REMOVED_ONE_BY_ONE,
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
    allow_direct: false,
  };
}
