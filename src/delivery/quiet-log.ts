import type { Log } from '../contracts';

/** What concerns every event, an outage say, would otherwise fill the disk with one sentence. */
const SAME_LINE_EVERY_MS = 1_000;

/**
 * A log that says the same warning once a second at most, the first time at once; `more` then counts what was left out
 * since. Metrics have the whole number.
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
