/** Measures how many events the bridges have delivered to Temporal, by their own metrics, several times a second. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RoleProcess } from '../roles';

const ACCEPTED =
  /^sagaline_bridge_event_duration_seconds_count\{[^}]*outcome="accepted"[^}]*\} (?<count>\d+)$/gm;

export async function acceptedBy(bridges: readonly RoleProcess[]): Promise<number> {
  const counts = await Promise.all(
    bridges.map(async ({ health }) => {
      const metrics = await (await fetch(`${health}/metrics`)).text();
      return [...metrics.matchAll(ACCEPTED)].reduce((sum, { groups }) => sum + Number(groups?.['count']), 0);
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

export interface RateMeter {
  /** Events a second between two moments, in milliseconds of `performance.now()`. */
  between(from: number, to: number): number;
  /** The first moment from which the rate was at least this for a second; `undefined` if there was none. */
  firstAtLeast(perSecond: number, from: number): number | undefined;
  stop(): Promise<void>;
}

const EVERY_MS = 200;
const WINDOW_MS = 1_000;

export function startRateMeter(bridges: readonly RoleProcess[]): RateMeter {
  const samples: { readonly at: number; readonly count: number }[] = [];
  let over = false;
  const sampling = sample();

  async function sample(): Promise<void> {
    while (!over) {
      const count = await acceptedBy(bridges);
      samples.push({ at: performance.now(), count });
      await sleep(EVERY_MS);
    }
  }

  const between = (from: number, to: number) => {
    const inside = samples.filter(({ at }) => at >= from && at <= to);
    const [first, last] = [inside[0], inside.at(-1)];
    if (!first || !last || first === last) return 0;
    return ((last.count - first.count) / (last.at - first.at)) * 1_000;
  };
  return {
    between,
    firstAtLeast: (perSecond, from) =>
      samples.find(
        ({ at }) =>
          at >= from &&
          samples.some((later) => later.at >= at + WINDOW_MS) &&
          between(at, at + WINDOW_MS + EVERY_MS) >= perSecond,
      )?.at,
    stop: async () => {
      over = true;
      await sampling;
    },
  };
}
