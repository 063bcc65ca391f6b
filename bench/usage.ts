import { cpuSeconds, cpuSecondsOfFamily } from './proc';
import type { Testbed } from './testbed';

/** Processor seconds by process. */
export type Usage = Readonly<Record<string, number>>;

/** A process that starts or ends meanwhile has no place in a measurement: it would be counted from nothing. */
export function usageOf(testbed: Testbed): Usage {
  return Object.fromEntries(
    Object.entries(testbed.pids()).map(([name, pid]) => [
      name,
      name === 'postgres' ? cpuSecondsOfFamily(pid) : cpuSeconds(pid),
    ]),
  );
}

/** What those processes have used between two looks, whose name the predicate takes. */
export function usedBetween(before: Usage, after: Usage, counts: (name: string) => boolean): number {
  return Object.entries(after)
    .filter(([name]) => counts(name))
    .reduce((sum, [name, seconds]) => sum + seconds - (before[name] ?? seconds), 0);
}
