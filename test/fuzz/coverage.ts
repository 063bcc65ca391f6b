/** Which statements and branches of the code an input reaches, and how often. */
import Module from 'node:module';
import { createInstrumenter } from 'istanbul-lib-instrument';

interface Counters {
  readonly s: Counts;
  readonly b: Record<string, Counts>;
}

declare global {
  var __coverage__: Record<string, Counters> | undefined;
}

const COUNTED = /\/src\/.*\.ts$/;
/** A loop that runs twice is news; one that runs 130 times instead of 129 is not. */
const CLASSES = [1, 2, 3, 4, 8, 16, 32, 128] as const;

/** Counts in all modules of `src` that are loaded from now on. @returns the texts in them, as a dictionary */
export function instrument(): ReadonlySet<string> {
  const words = new Set<string>();
  const instrumenter = createInstrumenter({ compact: true, esModules: false });
  const { prototype } = Module as unknown as {
    prototype: { _compile: (code: string, file: string, ...rest: unknown[]) => unknown };
  };
  const compile = prototype._compile;
  prototype._compile = function (code, file, ...rest) {
    if (!COUNTED.test(file)) return compile.call(this, code, file, ...rest);
    for (const [, word = ''] of code.matchAll(/["'`]([^"'`\n]{1,40})["'`]/g)) words.add(word);
    return compile.call(this, instrumenter.instrumentSync(code, file), file, ...rest);
  };
  return words;
}

export interface Novelty {
  /** Forgets the counts of the input before. */
  begin(): void;
  /** Whether the counts since `begin` have something that no input before had. */
  isNew(): boolean;
  /** Statements and branches that any input has reached. */
  reached(): number;
}

type Counts = Record<number, number>;

export function createNovelty(): Novelty {
  /** In one list for speed: each input visits all of them twice. */
  let slots: readonly (readonly [Counts, number])[] = [];
  let files = 0;
  const seen: number[] = [];
  let reached = 0;
  return {
    begin: () => {
      const coverage = Object.values(globalThis.__coverage__ ?? {});
      if (coverage.length !== files) {
        files = coverage.length;
        slots = coverage.flatMap(({ s, b }) => [s, ...Object.values(b)].flatMap(placesOf));
      }
      for (const [counts, place] of slots) counts[place] = 0;
    },
    isNew: () => {
      let found = false;
      for (const [slot, [counts, place]] of slots.entries()) {
        const count = counts[place] ?? 0;
        if (count === 0) continue;
        const known = seen[slot] ?? 0;
        const of = 1 << CLASSES.findLastIndex((least) => count >= least);
        if ((known & of) !== 0) continue;
        if (known === 0) reached++;
        seen[slot] = known | of;
        found = true;
      }
      return found;
    },
    reached: () => reached,
  };
}

function placesOf(counts: Counts): [Counts, number][] {
  return Object.keys(counts).map((place) => [counts, Number(place)]);
}
