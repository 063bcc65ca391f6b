/**
 * A shorter queue delays a neighbour by less than a quarter of a second: 32 events of one key, of which a workflow takes
 * some 140 a second.
 */
export const LONG_QUEUE = 32;
/** The latest deliveries of a partition that are looked at, and how many of them are of one key if the key is hot. */
const LATEST = 16;
const OF_ONE_KEY = 12;

/** Notices that one key has most events of a partition with a long queue. */
export interface HotKeyDetection {
  /**
   * Takes a note of a delivery.
   *
   * @param waiting events of the partition that wait behind it
   * @returns the key of this delivery, if it is hot
   */
  delivered(keyOf: () => string, waiting: number): string | undefined;
}

export function createHotKeyDetection(): HotKeyDetection {
  const latest: string[] = [];
  return {
    delivered: (keyOf, waiting) => {
      // The usual case, which costs a comparison.
      if (waiting < LONG_QUEUE) {
        latest.length = 0;
        return undefined;
      }
      const key = keyOf();
      latest.push(key);
      if (latest.length > LATEST) latest.shift();
      return latest.filter((each) => each === key).length >= OF_ONE_KEY ? key : undefined;
    },
  };
}
