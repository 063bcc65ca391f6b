import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { streamBytesThatFit } from '../../adapters/nats';
import type { Config } from '../../config';

/** JetStream offers three quarters of the disk space that is free when it starts. */
const OFFERED = 0.75;
const MIB = 1024 * 1024;

/** Says how much space the disk of the data folder has free, and which limit of the streams fits. */
export async function roomOf({ DATA_DIR: folder, ...config }: Config): Promise<string> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const others = {
    deadLettersMaxBytes: config.DEAD_LETTERS_MAX_BYTES,
    operationsMaxBytes: config.OPERATIONS_MAX_BYTES,
  };
  const fits = Math.floor(streamBytesThatFit(free * OFFERED, others) / MIB) * MIB;
  const remedy =
    fits > 0
      ? `STREAM_MAX_BYTES=${fits} fits`
      : 'DEAD_LETTERS_MAX_BYTES and OPERATIONS_MAX_BYTES have to be lower, too';
  return (
    `the disk of DATA_DIR (${path.resolve(folder)}) has ${Math.floor(free / MIB)} MiB free, and JetStream takes three quarters ` +
    `of it: ${remedy}`
  );
}
