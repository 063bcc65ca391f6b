import type { JetStreamManager, NatsConnection, StreamConfig, StreamInfo } from 'nats';
import { DiscardPolicy, nanos, NatsError, RetentionPolicy, StorageType } from 'nats';
import { DEAD_LETTER_SUBJECTS, EVENT_SUBJECTS, PARTITIONS } from '../../contracts';

export const EVENTS_STREAM = 'EVENTS';
export const DEAD_LETTERS_STREAM = 'DEAD_LETTERS';

/** The server remembers message ids this long: longer than any publisher goes on retrying one publish. */
const DUPLICATE_WINDOW_MS = 10 * 60_000;
/** What a dead letter adds to its event: the headers again as base64, and those of its own. */
const DEAD_LETTER_ROOM = 64 * 1024;
/** JetStream's error code for a stream that does not exist. */
const STREAM_NOT_FOUND = 10_059;

export interface StreamSettings {
  readonly replicas: number;
  readonly maxBytes: number;
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
 * Makes both streams, or checks the ones that are there. Safe to call from any number of processes at once.
 *
 * @throws StreamMismatchError
 */
export async function provisionStreams(connection: NatsConnection, settings: StreamSettings): Promise<void> {
  const manager = await connection.jetstreamManager();
  const maxPayload = connection.info?.max_payload ?? 1024 * 1024;
  for (const wanted of [eventsStream(maxPayload, settings), deadLettersStream(maxPayload, settings)]) {
    const existing = await findStream(manager, wanted.name);
    if (!existing) {
      await manager.streams.add(wanted);
      continue;
    }
    const differences = incompatibilities(existing.config, wanted);
    if (differences.length > 0) throw new StreamMismatchError(wanted.name, differences);
    const { max_bytes, num_replicas, max_msg_size } = wanted;
    const unchanged =
      existing.config.max_bytes === max_bytes &&
      existing.config.num_replicas === num_replicas &&
      existing.config.max_msg_size === max_msg_size;
    if (!unchanged) await manager.streams.update(wanted.name, { max_bytes, num_replicas, max_msg_size });
  }
}

/** Whether both streams are there and alike what this version needs. */
export async function streamsAreReady(connection: NatsConnection): Promise<boolean> {
  const manager = await connection.jetstreamManager();
  const found = await Promise.all(
    [EVENTS_STREAM, DEAD_LETTERS_STREAM].map((name) => findStream(manager, name)),
  );
  return found.every((stream) => stream !== undefined);
}

type WantedStream = Partial<StreamConfig> &
  Pick<StreamConfig, 'name' | 'max_msg_size' | 'max_bytes' | 'num_replicas'>;

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

function deadLettersStream(maxPayload: number, { replicas, maxBytes }: StreamSettings): WantedStream {
  return {
    ...common(replicas, maxBytes),
    name: DEAD_LETTERS_STREAM,
    description: 'Events that could not be applied, each with its reason',
    subjects: [DEAD_LETTER_SUBJECTS],
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
    max_age: 0,
    num_replicas: replicas,
  };
}

function incompatibilities(existing: StreamConfig, wanted: WantedStream): string[] {
  const compared = ['subjects', 'subject_transform', 'retention', 'storage', 'discard', 'max_age'] as const;
  return compared.flatMap((name) => {
    const [is, should] = [existing[name], wanted[name]].map((value) => JSON.stringify(value ?? null));
    return is === should ? [] : [`${name} is ${is ?? ''}, must be ${should ?? ''}`];
  });
}

async function findStream(manager: JetStreamManager, name: string): Promise<StreamInfo | undefined> {
  try {
    return await manager.streams.info(name);
  } catch (error) {
    if (error instanceof NatsError && error.api_error?.err_code === STREAM_NOT_FOUND) return undefined;
    throw error;
  }
}
