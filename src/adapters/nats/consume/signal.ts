/** Wakes one waiter; a signal that comes before the wait ends it at once. */
export interface Signal {
  give(): void;
  /** Resolves at the next signal, or after this many milliseconds. `undefined`: without a limit. */
  within(ms: number | undefined): Promise<void>;
}

export function createSignal(): Signal {
  let isGiven = false;
  let wake: (() => void) | undefined;
  return {
    give: () => {
      isGiven = true;
      wake?.();
    },
    within: async (ms) => {
      if (!isGiven) {
        await new Promise<void>((resolve) => {
          const timer = ms === undefined ? undefined : setTimeout(resolve, Math.max(0, ms));
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      wake = undefined;
      isGiven = false;
    },
  };
}
