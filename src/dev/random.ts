/** Random choices that a seed makes repeatable, for tests and demonstrations. */
export interface Random {
  /** An integer that is at least `from` and less than `to`. */
  between(from: number, to: number): number;
  /** An item of a list that is not empty. */
  pick<Item>(list: readonly Item[]): Item;
  /** The same items in another order. */
  shuffled<Item>(list: readonly Item[]): Item[];
}

/** The same seed, an integer of 32 bits, gives the same choices on every machine. */
export function seededRandom(seed: number): Random {
  const next = mulberry32(seed);
  const below = (count: number) => Math.floor(next() * count);
  return {
    between: (from, to) => from + next() * (to - from),
    pick: (list) => {
      const picked = list[below(list.length)];
      if (picked === undefined) throw new Error('there is nothing to pick from');
      return picked;
    },
    shuffled: (list) => {
      const rest = [...list];
      return list.flatMap(() => rest.splice(below(rest.length), 1));
    },
  };
}

/**
 * Tommy Ettinger's Mulberry32: 32 bits of state, evenly spread numbers from 0 to below 1. Not for secrets. Shorter than a
 * dependency.
 */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
