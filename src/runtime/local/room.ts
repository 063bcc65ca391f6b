import { existsSync, readdirSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { EVENTS_STREAM, streamBytesThatFit, streamBytesWanted } from '../../adapters/nats';
import type { Config } from '../../config';
import { streamSettings } from '../stream-settings';

/** JetStream offers three quarters of the disk space that is free when it starts. */
const OFFERED = 0.75;
const MIB = 1024 * 1024;

/** The disk of the data folder, and what the streams of the local stack need of it. */
export interface DiskRoom {
  readonly folder: string;
  readonly freeBytes: number;
  /** What JetStream gives to streams when it starts. */
  readonly offeredBytes: number;
  /** What all streams together reserve when they are made. */
  readonly wantedBytes: number;
  /** Whether an earlier run has made the streams. */
  readonly hasStreams: boolean;
  /** What the streams may still take until they reach their limits. */
  readonly growthBytes: number;
  /** Such as `STREAM_MAX_BYTES=1073741824 fits`. */
  readonly remedy: string;
}

/** Thrown before anything is started, when the disk has no room for the streams. */
export class NoDiskRoomError extends Error {
  override readonly name = 'NoDiskRoomError';
  constructor(readonly room: DiskRoom) {
    super(
      `the disk has no room for the streams, which reserve ${Math.ceil(room.wantedBytes / MIB)} MiB: ${sentence(room)}`,
    );
  }
}

/** Measures the disk of the data folder, or of the nearest folder that exists. Creates nothing. */
export async function diskRoom(config: Config): Promise<DiskRoom> {
  const folder = path.resolve(config.DATA_DIR);
  const { bavail, bsize } = await statfs(existing(folder));
  const freeBytes = bavail * bsize;
  const offeredBytes = freeBytes * OFFERED;
  const wantedBytes = streamBytesWanted(streamSettings(config));
  const store = path.join(folder, 'nats', 'jetstream');
  const accounts = existsSync(store) ? readdirSync(store) : [];
  const events = accounts.find((account) => existsSync(path.join(store, account, 'streams', EVENTS_STREAM)));
  return {
    ...{ folder, freeBytes, offeredBytes, wantedBytes },
    hasStreams: events !== undefined,
    growthBytes:
      events === undefined ? wantedBytes : Math.max(0, wantedBytes - sizeOf(path.join(store, events))),
    remedy: remedyFor(offeredBytes, config),
  };
}

/** @throws NoDiskRoomError if the streams are still to be made, and do not fit */
export async function assertRoom(config: Config): Promise<void> {
  const room = await diskRoom(config);
  if (!room.hasStreams && room.wantedBytes > room.offeredBytes) throw new NoDiskRoomError(room);
}

/** Says how much space the disk of the data folder has free, and which limit of the streams fits. */
export async function roomOf(config: Config): Promise<string> {
  return sentence(await diskRoom(config));
}

function sentence({ folder, freeBytes, remedy }: DiskRoom): string {
  return (
    `the disk of DATA_DIR (${folder}) has ${Math.floor(freeBytes / MIB)} MiB free, and JetStream takes three quarters ` +
    `of it: ${remedy}`
  );
}

function remedyFor(offeredBytes: number, config: Config): string {
  const others = {
    deadLettersMaxBytes: config.DEAD_LETTERS_MAX_BYTES,
    operationsMaxBytes: config.OPERATIONS_MAX_BYTES,
  };
  // A mirror reserves as much as the events.
  const copies = config.EVENTS_MIRROR_DAYS === undefined ? 1 : 2;
  const fits = Math.floor(streamBytesThatFit(offeredBytes, others) / copies / MIB) * MIB;
  return fits > 0
    ? `STREAM_MAX_BYTES=${fits} fits`
    : 'DEAD_LETTERS_MAX_BYTES and OPERATIONS_MAX_BYTES have to be lower, too';
}

function existing(folder: string): string {
  return existsSync(folder) ? folder : existing(path.dirname(folder));
}

/** Bytes of the files below a folder; one that is removed meanwhile counts as none. */
function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).reduce((sum, entry) => {
    if (!entry.isFile()) return sum;
    const file = path.join(entry.parentPath, entry.name);
    return sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0);
  }, 0);
}
