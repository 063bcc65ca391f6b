import { randomBytes } from 'node:crypto';

/** The sources of time and ids; a test may pass its own. */
export interface Sources {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** A new id that is unique across restarts, such as `pay_3f9c…` for the prefix `pay`. */
  readonly newId: (prefix: string) => string;
  /** At least 0, below 1. */
  readonly random: () => number;
}

// 96 bits: unique in practice, and still short enough to read in a log.
const ID_BYTES = 12;

export const systemSources: Sources = {
  now: Date.now,
  newId: (prefix) => `${prefix}_${randomBytes(ID_BYTES).toString('hex')}`,
  random: Math.random,
};

export function unixSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
