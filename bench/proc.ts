import { readFileSync } from 'node:fs';

/** Linux counts a process's time in these (sysconf(_SC_CLK_TCK), 100 on every platform that Node runs on). */
const TICKS_PER_SECOND = 100;

/** Processor time that a process has used, user and system, in seconds (proc(5), `/proc/<pid>/stat`, fields 14 and 15). */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // Behind the name, which may contain anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

const PAGE_BYTES = 4_096;

/** Resident memory of a process, in MiB (proc(5), `/proc/<pid>/statm`, field 2). */
export function residentMiB(pid: number): number {
  const [, pages] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
  return (Number(pages) * PAGE_BYTES) / 2 ** 20;
}
