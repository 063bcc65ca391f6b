import type { BatcherDefinition, BatchPolicy } from '../../../src/contracts';
import { PING_QUEUE } from './names';

/** Pings, in batches: the batcher for the engine's own tests. */
export const tally = {
  name: 'tally',
  batches: true,
  taskQueue: PING_QUEUE,
  initialState: 'collecting',
  summary: (pingId) => `Pings of ${pingId}`,
} as const satisfies BatcherDefinition;

export const TALLY_POLICY: BatchPolicy = { size: 10, withinMs: 60_000, debounceMs: 5_000 };
