/** Changes inputs at random, as coverage-guided fuzzers do. */

/** A whole number from 0 to `below` - 1. */
export type Random = (below: number) => number;

/** xorshift32: the same seed gives the same search. */
export function randomOf(seed: number): Random {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Inputs stay small: long ones are slow, and reach nothing more. */
const LONGEST = 4_096;
const MOST_CHANGES = 6;
/** Bytes on which readers decide: ends, separators, escapes, parts of UTF-8. */
const INTERESTING = [
  0, 9, 10, 13, 32, 34, 37, 39, 44, 46, 48, 58, 61, 91, 92, 93, 123, 125, 127, 128, 0xc3, 0xed, 0xff,
];

export interface Sources {
  readonly corpus: readonly Buffer[];
  readonly words: readonly string[];
}

export function mutated(input: Buffer, { corpus, words }: Sources, random: Random): Buffer {
  let bytes = input;
  for (let left = 1 + random(MOST_CHANGES); left > 0; left--) {
    const at = random(bytes.length + 1);
    const length = random(1 + Math.min(32, bytes.length - at));
    const part = bytes.subarray(at, at + length);
    const other = corpus[random(corpus.length)] ?? input;
    const from = random(other.length + 1);
    switch (random(9)) {
      case 0:
        bytes = flipped(bytes, at, random);
        break;
      case 1:
        bytes = spliced(bytes, at, 1, Buffer.of(INTERESTING[random(INTERESTING.length)] ?? 0));
        break;
      case 2:
        bytes = spliced(bytes, at, 0, Buffer.of(random(256)));
        break;
      case 3:
        bytes = spliced(bytes, at, length, Buffer.alloc(0));
        break;
      case 4:
        bytes = spliced(bytes, at, 0, Buffer.concat(Array<Buffer>(1 + random(8)).fill(part)));
        break;
      case 5:
      case 6:
        bytes = spliced(bytes, at, random(2) * length, Buffer.from(words[random(words.length)] ?? ''));
        break;
      case 7:
        bytes = spliced(bytes, at, length, other.subarray(from, from + random(64)));
        break;
      default:
        bytes = spliced(bytes, at, bytes.length, other.subarray(from));
    }
  }
  return bytes.subarray(0, LONGEST);
}

function spliced(bytes: Buffer, at: number, removed: number, added: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + removed)]);
}

function flipped(bytes: Buffer, at: number, random: Random): Buffer {
  const changed = Buffer.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ (1 << random(8));
  return changed;
}
