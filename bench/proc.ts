import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts a process's time in ticks (sysconf(_SC_CLK_TCK), 100 on every platform that Node runs on). */
const TICKS_PER_SECOND = 100;

/** Fields of `/proc/<pid>/stat` after the name, which may contain any character (proc(5), from field 3 on). */
function statOf(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Processor time that a process has used, user and system, in seconds (fields 14 and 15). */
export function cpuSeconds(pid: number): number {
  const fields = statOf(pid);
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** The same for a process and its children, those that have ended included (fields 4, 16 and 17), for PostgreSQL. */
export function cpuSecondsOfFamily(pid: number): number {
  const fields = statOf(pid);
  const ended = (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
  return childrenOf(pid).reduce((sum, child) => sum + cpuSeconds(child), cpuSeconds(pid) + ended);
}

function childrenOf(pid: number): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return statOf(Number(name))[1] === String(pid) ? [Number(name)] : [];
    } catch {
      // The process has ended since the folder was read.
      return [];
    }
  });
}

const PAGE_BYTES = 4_096;

/** Resident memory of a process, in MiB (proc(5), `/proc/<pid>/statm`, field 2). */
export function residentMiB(pid: number): number {
  const [, pages] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
  return (Number(pages) * PAGE_BYTES) / 2 ** 20;
}
