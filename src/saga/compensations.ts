/** What compensates a step. */
export interface Compensation {
  /** Of the step: one that is tried again under its key is compensated once. */
  readonly key?: string | undefined;
  /** As people read it: `releaseStock`. */
  readonly name: string;
  readonly compensate: () => Promise<void>;
}

/** What has to be compensated if a saga does not reach its end. */
export interface Compensations {
  /**
   * To be called before the step begins: what is under way when the workflow fails has to be compensated as well.
   *
   * @returns withdraws it: the step had no effect
   */
  register(compensation: Compensation): () => void;
  isEmpty(): boolean;
  /** In the order of compensating: what was registered last comes first. */
  toCompensate(): readonly Compensation[];
  /** It is compensated, or a person has decided so. */
  settle(compensation: Compensation): void;
  clear(): void;
}

export function collectCompensations(): Compensations {
  const registered = new Map<string | symbol, Compensation>();
  return {
    register: (compensation) => {
      const key = compensation.key ?? Symbol(compensation.name);
      // Where the key is known, its place in the order stays.
      registered.set(key, compensation);
      return () => void registered.delete(key);
    },
    isEmpty: () => registered.size === 0,
    toCompensate: () => [...registered.values()].reverse(),
    settle: (compensation) => {
      for (const [key, each] of registered) if (each === compensation) registered.delete(key);
    },
    clear: () => registered.clear(),
  };
}
