import type { DiskRoom } from '../../runtime/local/room';
import type { Finding } from '../finding';
import { findingsOf } from '../finding';

const { ok, warning, problem } = findingsOf('disk');

const MIB = 1024 * 1024;
/** PostgreSQL and Temporal need room, too; with less than this they stop soon. */
const LEAST_FREE = 256 * MIB;

/** Compares the free disk of the local stack with what its streams reserve, or may still fill. */
export function checkDisk(room: DiskRoom): Finding[] {
  const where = `DATA_DIR ${room.folder}`;
  const free = mib(room.freeBytes);
  if (room.freeBytes < LEAST_FREE)
    return [
      problem({
        ...{ code: 'disk-full', where, what: `the disk has ${free} free, and no server works without space` },
        remedy: 'free space on it, or set DATA_DIR to a folder on another disk',
      }),
    ];
  if (!room.hasStreams && room.wantedBytes > room.offeredBytes)
    return [
      problem({
        ...{ code: 'disk-too-small', where },
        what: `the disk has ${free} free, JetStream takes three quarters of it, and the streams reserve ${mib(room.wantedBytes)}`,
        remedy: room.remedy,
      }),
    ];
  if (room.hasStreams && room.growthBytes > room.freeBytes)
    return [
      warning({
        ...{ code: 'disk-fills-first', where },
        what: `the disk has ${free} free, and the streams may still grow by ${mib(room.growthBytes)}: it is full before they are`,
        remedy: `free space, or lower a limit: ${room.remedy}, then "npx sagaline provision"`,
      }),
    ];
  return [ok(where, `the disk has ${free} free`)];
}

function mib(bytes: number): string {
  return `${Math.floor(bytes / MIB)} MiB`;
}
