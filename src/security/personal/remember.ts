/** Values that are kept for a limited time; the least recently kept goes first when there are too many. */
export interface Remembered<Value> {
  get(key: string): Value | undefined;
  keep(key: string, value: Value): void;
}

export function rememberFor<Value>({
  ms,
  most,
  now,
}: {
  readonly ms: number;
  readonly most: number;
  readonly now: () => number;
}): Remembered<Value> {
  const kept = new Map<string, { readonly value: Value; readonly until: number }>();
  return {
    get: (key) => {
      const entry = kept.get(key);
      if (entry && entry.until > now()) return entry.value;
      kept.delete(key);
      return undefined;
    },
    keep: (key, value) => {
      kept.delete(key);
      kept.set(key, { value, until: now() + ms });
      for (const oldest of kept.keys()) {
        if (kept.size <= most) return;
        kept.delete(oldest);
      }
    },
  };
}
