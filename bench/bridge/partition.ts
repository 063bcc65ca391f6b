import { PARTITIONS } from '../../src/contracts';

/** Computes what NATS does for `partition(64,…)`: FNV-1a, 32 bits (server/subject_transform.go, `getHashPartition`). */
export function partitionOf(key: string): number {
  let hash = FNV_OFFSET;
  for (const byte of Buffer.from(key)) hash = Math.imul(hash ^ byte, FNV_PRIME) >>> 0;
  return hash % PARTITIONS;
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
