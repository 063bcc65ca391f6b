import type { Log } from '../contracts';

/** A warning that concerns every event, for example in an outage, would otherwise fill the disk. */
const SAME_LINE_EVERY_MS = 1_000;

/**
 * A log that writes the same warning at most once a second, the first time at once. `more` counts the warnings that
 * were left out since. Metrics have the full number.
 */
export function quietLog(log: Log, now: () => number): Log {
  const told = new Map<string, { at: number; more: number }>();
  return {
    ...log,
    warn: (fields, message) => {
      const last = told.get(message);
      if (last && now() - last.at < SAME_LINE_EVERY_MS) {
        last.more++;
        return;
      }
      const more = last?.more ?? 0;
      told.set(message, { at: now(), more: 0 });
      log.warn(more > 0 ? { ...fields, more } : fields, message);
    },
  };
}
