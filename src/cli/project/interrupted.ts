/** Exit code of a program that ends because of Ctrl-C. */
export const INTERRUPTED = 130;
/** npm and our own launcher pass on the Ctrl-C that the terminal has sent already: so soon after the first it is the same. */
const SAME_SIGNAL_MS = 1_000;

/** Resolves with the first Ctrl-C or SIGTERM. A second one ends this process, and the watchdogs end what it has started. */
export function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        first ??= performance.now();
        resolve();
        if (performance.now() - first > SAME_SIGNAL_MS) process.exit(INTERRUPTED);
      });
    }
  });
}
