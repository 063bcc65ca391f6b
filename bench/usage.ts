import { cpuSeconds, cpuSecondsOfFamily } from './proc';
import type { Testbed } from './testbed';

/** Processor seconds by process. */
export type Usage = Readonly<Record<string, number>>;

/** A process that starts or ends during a measurement is left out of it: it would be counted from 0. */
export function usageOf(testbed: Testbed): Usage {
  return Object.fromEntries(
    Object.entries(testbed.pids()).map(([name, pid]) => [name, secondsOf(name, pid)]),
  );
}

/** PostgreSQL works in children of its process. */
function secondsOf(name: string, pid: number): number {
  return name === 'postgres' || name === 'temporal-postgres' ? cpuSecondsOfFamily(pid) : cpuSeconds(pid);
}

/** Whether a process is Temporal's server, or a database that serves nothing else. */
export function isTemporal(name: string): boolean {
  return name === 'temporal' || name === 'temporal-postgres';
}

/** The processor seconds between two readings of the processes whose name the predicate accepts. */
export function usedBetween(before: Usage, after: Usage, counts: (name: string) => boolean): number {
  return Object.entries(after)
    .filter(([name]) => counts(name))
    .reduce((sum, [name, seconds]) => sum + seconds - (before[name] ?? seconds), 0);
}
