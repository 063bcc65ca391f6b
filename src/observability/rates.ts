/** Change of counters each second, from one check to the next. */
export interface Rates {
  /** @returns the change each second since the call before with this name; `undefined` at the first call */
  of(name: string, value: number): number | undefined;
}

/** @param now a clock in milliseconds that never runs backwards */
export function createRates(now: () => number): Rates {
  const before = new Map<string, { readonly value: number; readonly at: number }>();
  return {
    of: (name, value) => {
      const last = before.get(name);
      const at = now();
      before.set(name, { value, at });
      // A counter that has become smaller was created again.
      if (last === undefined || at <= last.at || value < last.value) return undefined;
      return ((value - last.value) / (at - last.at)) * 1_000;
    },
  };
}

/** How long samples are kept: a longer time would hide a burst, a shorter one follows each single event. */
const WINDOW_MS = 60 * 60_000;
/** Between the samples that are kept. */
const SAMPLE_MS = 10_000;
/** A forecast from less than this is a guess. */
const LEAST_MS = 60_000;

/** The growth of a quantity over the last hour. */
export interface Growth {
  /** @returns the change each second over the observed time; `undefined` during the first minute */
  of(name: string, value: number): number | undefined;
}

/** @param now a clock in milliseconds that never runs backwards */
export function createGrowth(now: () => number): Growth {
  const samples = new Map<string, { readonly value: number; readonly at: number }[]>();
  return {
    of: (name, value) => {
      const at = now();
      const kept = (samples.get(name) ?? []).filter((sample) => at - sample.at <= WINDOW_MS);
      samples.set(name, kept);
      const latest = kept.at(-1);
      if (latest === undefined || at - latest.at >= SAMPLE_MS) kept.push({ value, at });
      const [first] = kept;
      if (first === undefined || at - first.at < LEAST_MS) return undefined;
      return ((value - first.value) / (at - first.at)) * 1_000;
    },
  };
}
