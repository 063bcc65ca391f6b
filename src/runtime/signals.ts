/**
 * npm and our launcher forward the Ctrl-C that the terminal has already sent to this process: a second signal within this time
 * counts as the same one. Not close-with-grace: it ends the process at any second signal, however soon, and has no option to
 * change that.
 */
const SAME_SIGNAL_MS = 1_000;

/** Resolves with the first SIGTERM or SIGINT. Calls `forced` with a second signal that comes at least one second later. */
export function untilStopSignal(forced: (signal: NodeJS.Signals) => void): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let first: number | undefined;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        first ??= performance.now();
        resolve(signal);
        if (performance.now() - first > SAME_SIGNAL_MS) forced(signal);
      });
    }
  });
}
