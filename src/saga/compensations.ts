/** The compensation of a step. */
export interface Compensation {
  /** Key of the step. A step that is tried again under its key is compensated once. */
  readonly key?: string | undefined;
  /** Name of the compensation for people, such as `releaseStock`. */
  readonly name: string;
  readonly compensate: () => Promise<void>;
}

/** The compensations to run if a saga does not reach its end. */
export interface Compensations {
  /**
   * Registers a compensation. Call it before the step begins: a step in flight when the workflow fails has to be
   * compensated as well.
   *
   * @returns a function that withdraws the compensation, because the step had no effect
   */
  register(compensation: Compensation): () => void;
  isEmpty(): boolean;
  /** The compensations in the order in which they run: the one that was registered last comes first. */
  toCompensate(): readonly Compensation[];
  /** Removes a compensation that is done, or that a person has decided to leave out. */
  settle(compensation: Compensation): void;
  clear(): void;
}

export function collectCompensations(): Compensations {
  const registered = new Map<string | symbol, Compensation>();
  return {
    register: (compensation) => {
      const key = compensation.key ?? Symbol(compensation.name);
      // A key that is already registered keeps its place in the order.
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
