import type { JetStreamManager } from 'nats';
import { NatsError } from 'nats';
import type { Group } from '../consume/consumer';
import { consumersOf } from '../consume/consumer';
import type { StreamSettings, WantedStream } from './wanted-streams';
import { EVENTS_STREAM, POISON_DETECTION_STREAM, wantedStreams } from './wanted-streams';

/** A limit of the NATS account that is lower than Sagaline needs. */
export interface Shortage {
  /** The account's limit, as the server's configuration names it. */
  readonly limit: 'max_streams' | 'max_consumers' | 'max_storage' | 'storage_max_stream_bytes';
  readonly needed: number;
  readonly allowed: number;
  readonly remedy: string;
}

/** Thrown before anything is made, when the account's limits are too low. */
export class AccountLimitsError extends Error {
  override readonly name = 'AccountLimitsError';
  constructor(readonly shortages: readonly Shortage[]) {
    const lines = shortages.map(
      ({ limit, needed, allowed, remedy }) =>
        `  - ${limit}: Sagaline needs ${quantity(limit, needed)}, the account allows ${quantity(limit, allowed)}. ${remedy}`,
    );
    super(`the NATS account (NATS_URL) allows too little; nothing was made:\n${lines.join('\n')}`);
  }
}

/** Thrown when the disk, or JetStream's own limit, has no room for the bytes that a new stream reserves. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  constructor(
    readonly stream: string,
    readonly neededBytes: number,
    /** The bytes that all streams together reserve. */
    readonly altogetherBytes: number,
    options: ErrorOptions,
  ) {
    super(
      `JetStream has no room for the stream ${stream}: it reserves ${gib(neededBytes)}, all streams together ` +
        `${gib(altogetherBytes)}. Set STREAM_MAX_BYTES lower, DEAD_LETTERS_MAX_BYTES or OPERATIONS_MAX_BYTES (each at ` +
        'least 1048576), or give JetStream more room: its max_file_store, which is three quarters of the free disk by ' +
        'default; in the local stack the disk of DATA_DIR.',
      options,
    );
  }
}

/**
 * The largest `STREAM_MAX_BYTES` with which all streams fit into the room that JetStream has; below zero if the other
 * streams alone do not fit.
 */
export function streamBytesThatFit(
  roomBytes: number,
  others: Required<Pick<StreamSettings, 'deadLettersMaxBytes' | 'operationsMaxBytes'>>,
): number {
  return 2 * roomBytes - bytesOf(wantedStreams(0, { replicas: 1, maxBytes: roomBytes, ...others }));
}

/** The bytes that all streams together reserve. */
export function streamBytesWanted(settings: StreamSettings): number {
  return bytesOf(wantedStreams(0, settings));
}

/** JetStream's error codes for used-up storage, of the server and of the account. */
const NO_STORAGE: ReadonlySet<number> = new Set([10_047, 10_002]);

/**
 * Handles the error of making a stream.
 *
 * @throws StorageError in place of JetStream's own error if storage is used up, otherwise that error
 */
export function storageError(wanted: WantedStream, all: readonly WantedStream[]) {
  return (error: unknown): never => {
    if (!(error instanceof NatsError) || !NO_STORAGE.has(error.api_error?.err_code ?? 0)) throw error;
    throw new StorageError(wanted.name, bytesOf([wanted]), bytesOf(all), { cause: error });
  };
}

/**
 * Checks that the account's limits allow the streams and consumers that Sagaline needs.
 *
 * @param groups the groups that will have durable consumers
 * @throws AccountLimitsError
 */
export async function assertRoomInAccount(
  manager: JetStreamManager,
  wanted: readonly WantedStream[],
  groups: readonly Group[],
): Promise<void> {
  const account = await manager.getAccountInfo();
  const existing = new Map<string, number>();
  for await (const { config } of manager.streams.list()) existing.set(config.name, config.max_bytes);
  const missing = wanted.filter(({ name }) => !existing.has(name));
  const growth = wanted.reduce(
    (sum, stream) => sum + Math.max(0, stream.max_bytes - Math.max(0, existing.get(stream.name) ?? 0)),
    0,
  );
  const { limits, reserved, perReplica } = limitsOf(account, wanted[0]?.num_replicas ?? 1);
  const largest = Math.max(...wanted.map(({ max_bytes }) => max_bytes));
  const others = existing.has(EVENTS_STREAM) ? await otherConsumers(manager, groups) : 0;
  const streams: Shortage = {
    limit: 'max_streams',
    needed: existing.size + missing.length + (existing.has(POISON_DETECTION_STREAM) ? 0 : 1),
    allowed: limits.max_streams,
    remedy: `Raise it, or remove some of the ${existing.size} that are there.`,
  };
  const consumers: Shortage = {
    limit: 'max_consumers',
    needed: others + groups.reduce((sum, group) => sum + consumersOf(group).count, 0),
    allowed: limits.max_consumers,
    remedy: `There are ${groups.map((group) => `${consumersOf(group).count} for ${group.name}`).join(', ')}${others > 0 ? `, and ${others} others` : ''}.`,
  };
  const storage: Shortage = {
    limit: 'max_storage',
    needed: reserved + growth * perReplica,
    allowed: limits.max_storage,
    remedy: 'Raise it, or set STREAM_MAX_BYTES or DEAD_LETTERS_MAX_BYTES lower.',
  };
  const stream: Shortage = {
    limit: 'storage_max_stream_bytes',
    needed: largest,
    allowed: limits.storage_max_stream_bytes,
    remedy: 'Raise it, or set STREAM_MAX_BYTES or DEAD_LETTERS_MAX_BYTES lower.',
  };
  const shortages = [
    ...(missing.length > 0 ? [streams] : []),
    ...(growth > 0 ? [storage, stream] : []),
    consumers,
  ].filter(({ needed, allowed }) => allowed > 0 && needed > allowed);
  if (shortages.length > 0) throw new AccountLimitsError(shortages);
}

/**
 * The limits of the account. They are for each number of replicas, or for all streams together; the latter count
 * every replica.
 */
function limitsOf(account: Awaited<ReturnType<JetStreamManager['getAccountInfo']>>, replicas: number) {
  const tier = replicas === 3 ? account.tiers?.R3 : account.tiers?.R1;
  const from = tier ?? account;
  const reserved = 'reserved_storage' in from ? Number(from.reserved_storage) : from.storage;
  return { limits: from.limits, reserved, perReplica: tier ? 1 : replicas };
}

async function otherConsumers(manager: JetStreamManager, groups: readonly Group[]): Promise<number> {
  let others = 0;
  for await (const { name } of manager.consumers.list(EVENTS_STREAM)) {
    if (!groups.some((group) => name.startsWith(`${group.name}-`))) others++;
  }
  return others;
}

function bytesOf(streams: readonly WantedStream[]): number {
  return streams.reduce((sum, { max_bytes }) => sum + Math.max(0, max_bytes), 0);
}

function quantity(limit: Shortage['limit'], count: number): string {
  return limit === 'max_streams' || limit === 'max_consumers' ? String(count) : gib(count);
}

function gib(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(2)} GiB (${bytes} bytes)`;
}
