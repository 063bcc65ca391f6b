/** A message of the stream. The time tells it from one of the same sequence in a stream that was made again. */
export interface EventAt {
  readonly sequence: number;
  readonly storedAt: Date;
}

/** The events of one partition that were settled before the server delivered them in their turn. */
export interface SettledAhead {
  /** Only for an event that has its outcome: its turn is skipped. */
  add(event: EventAt): void;
  has(event: EventAt): boolean;
  /** The turn of this sequence has come: forgets it and all before it. */
  passed(sequence: number): void;
  clear(): void;
  size(): number;
}

export function createSettledAhead(): SettledAhead {
  const times = new Map<number, number>();
  return {
    add: ({ sequence, storedAt }) => void times.set(sequence, storedAt.getTime()),
    has: ({ sequence, storedAt }) => times.get(sequence) === storedAt.getTime(),
    passed: (sequence) => {
      for (const each of times.keys()) if (each <= sequence) times.delete(each);
    },
    clear: () => times.clear(),
    size: () => times.size,
  };
}
