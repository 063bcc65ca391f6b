import { untilStopSignal } from '../../runtime/signals';

/** Exit code of a program that ends because of Ctrl-C. */
export const INTERRUPTED = 130;

/**
 * Resolves with the first Ctrl-C or SIGTERM. A second one ends this process, and the watchdogs end the processes that it has
 * started.
 */
export async function untilInterrupted(): Promise<void> {
  await untilStopSignal(() => process.exit(INTERRUPTED));
}
