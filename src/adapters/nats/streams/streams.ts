import type { JetStreamManager, NatsConnection, StreamConfig, StreamInfo } from 'nats';
import { NatsError } from 'nats';
import type { Group } from '../consume/consumer';
import { differencesOf } from './differences';
import { assertRoomInAccount, storageError } from './limits';
import { noPatience } from '../connection/patience';
import type { Patience } from '../connection/patience';
import type { StreamSettings, WantedStream } from './wanted-streams';
import { ANY_SIZE, CHANGEABLE, EVENTS_STREAM, wantedStreams } from './wanted-streams';

export { DEAD_LETTERS_STREAM, EVENTS_STREAM, OPERATIONS_STREAM, OVERFLOW_STREAM } from './wanted-streams';
export type { StreamSettings } from './wanted-streams';

/** JetStream's error code for a stream that does not exist. */
const STREAM_NOT_FOUND = 10_059;
/** The name is in use with other settings: another process has made the stream meanwhile. */
const STREAM_EXISTS = 10_058;

/** The settings that decide about order and loss. A stream that differs in one of them is not ours. */
const FIXED = [
  ...(['subjects', 'subject_transform', 'mirror', 'sources', 'retention', 'storage', 'discard'] as const),
  ...(['max_age', 'max_msgs', 'max_msgs_per_subject', 'no_ack', 'sealed'] as const),
] as const;

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
 * Makes the missing streams, and checks the existing ones. Safe to call from any number of processes at once. The
 * account's limits are checked before anything is made.
 *
 * @param groups the groups that will have durable consumers, for the check of the account's limits
 * @throws StreamMismatchError, AccountLimitsError, StorageError
 */
export async function provisionStreams(
  connection: NatsConnection,
  settings: StreamSettings,
  { groups = [], patience = noPatience }: { groups?: readonly Group[]; patience?: Patience } = {},
): Promise<void> {
  const manager = await connection.jetstreamManager();
  const maxPayload = connection.info?.max_payload ?? 1024 * 1024;
  const all = wantedStreams(maxPayload, settings);
  await patience(() => assertRoomInAccount(manager, all, groups));
  for (const wanted of all) await patience(() => provisionStream(manager, wanted, all));
}

/**
 * Checks that the account's limits allow what is still to be made.
 *
 * @param groups the groups that will have durable consumers
 * @throws AccountLimitsError
 */
export async function assertAccountHasRoom(
  connection: NatsConnection,
  settings: StreamSettings,
  groups: readonly Group[],
): Promise<void> {
  const manager = await connection.jetstreamManager();
  await assertRoomInAccount(
    manager,
    wantedStreams(connection.info?.max_payload ?? 1024 * 1024, settings),
    groups,
  );
}

async function provisionStream(
  manager: JetStreamManager,
  wanted: WantedStream,
  all: readonly WantedStream[],
): Promise<void> {
  const existing = (await findStream(manager, wanted.name)) ?? (await makeStream(manager, wanted, all));
  const { fixed, changeable } = settingsOf(wanted);
  const differences = differencesOf(existing.config, wanted, fixed);
  if (differences.length > 0) throw new StreamMismatchError(wanted.name, differences);
  if (differencesOf(existing.config, wanted, changeable).length > 0) {
    const changes = Object.fromEntries(changeable.map((name) => [name, wanted[name]]));
    await manager.streams.update(wanted.name, changes).catch(storageError(wanted, all));
  }
}

/** Which settings of a stream decide about order and loss, and which may change. A mirror's age may change, too. */
export function settingsOf({
  mirror,
}: WantedStream): Readonly<Record<'fixed' | 'changeable', readonly (keyof StreamConfig)[]>> {
  if (!mirror) return { fixed: FIXED, changeable: CHANGEABLE };
  // The server sets the subjects and the duplicate window of a mirror.
  const free = ['max_age', 'duplicate_window', 'subjects', 'subject_transform'];
  return {
    fixed: FIXED.filter((name) => !free.includes(name)),
    changeable: [...CHANGEABLE.filter((name) => !free.includes(name)), 'max_age'],
  };
}

async function makeStream(
  manager: JetStreamManager,
  wanted: WantedStream,
  all: readonly WantedStream[],
): Promise<StreamInfo> {
  try {
    return await manager.streams.add(wanted).catch(storageError(wanted, all));
  } catch (error) {
    if (error instanceof NatsError && error.api_error?.err_code === STREAM_EXISTS) {
      return manager.streams.info(wanted.name);
    }
    throw error;
  }
}

/** Whether all streams exist with the settings that this version needs. */
export async function streamsAreReady(connection: NatsConnection): Promise<boolean> {
  // The streams are read directly, so the client's check of JetStream, and patience with it, are not needed.
  const manager = await connection.jetstreamManager({ checkAPI: false });
  const ready = wantedStreams(0, ANY_SIZE).map(async (stream) => {
    const existing = await findStream(manager, stream.name);
    return existing !== undefined && differencesOf(existing.config, stream, FIXED).length === 0;
  });
  return (await Promise.all(ready)).every(Boolean);
}

/** The server's time; `undefined` if there is no stream whose state would carry it. */
export async function eventsClock(connection: NatsConnection): Promise<Date | undefined> {
  const manager = await connection.jetstreamManager();
  const { ts } = (await findStream(manager, EVENTS_STREAM)) ?? {};
  return ts === undefined ? undefined : new Date(ts);
}

export async function findStream(manager: JetStreamManager, name: string): Promise<StreamInfo | undefined> {
  try {
    return await manager.streams.info(name);
  } catch (error) {
    if (error instanceof NatsError && error.api_error?.err_code === STREAM_NOT_FOUND) return undefined;
    throw error;
  }
}

/** When the stream of the events was made, as the server writes it, and its last sequence: a restored one may be older. */
export async function eventsIdentity(
  connection: NatsConnection,
): Promise<{ readonly created: string; readonly last: number }> {
  const manager = await connection.jetstreamManager();
  const { created, state } = await manager.streams.info(EVENTS_STREAM);
  return { created, last: state.last_seq };
}
