// Processor time and memory of a server with its child processes: PostgreSQL has one for each connection.
import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts a process's time in ticks (sysconf(_SC_CLK_TCK), 100 on every platform that Node runs on). */
const TICKS_PER_SECOND = 100;
const KIB_PER_MIB = 1_024;

interface Stat {
  readonly parent: number;
  /** User and system time, its own and that of its children that have ended and were waited for. */
  readonly ticks: number;
}

/** A process and all its descendants. */
export function treeOf(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : undefined;
    if (stat) parents.set(Number(name), stat.parent);
  }
  const tree = [root];
  for (const pid of tree) {
    for (const [child, parent] of parents) if (parent === pid) tree.push(child);
  }
  return tree;
}

/**
 * Processor time of a process and all its descendants, in seconds (proc(5), `/proc/<pid>/stat`, fields 14 to 17). The time of a
 * child is added to its parent's when it ends, so the sum only grows.
 */
export function treeCpuSeconds(root: number): number {
  return treeOf(root).reduce((sum, pid) => sum + (statOf(pid)?.ticks ?? 0), 0) / TICKS_PER_SECOND;
}

/** Processor time that all processes of the machine have used, in seconds (proc(5), `/proc/stat`, the line `cpu`). */
export function machineCpuSeconds(): number {
  const [, ...ticks] = (read('/proc/stat') ?? '').split('\n', 1)[0]?.split(/\s+/) ?? [];
  // User, nice, system; idle and iowait, which are not counted; interrupts, and time that the host has given to others.
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = ticks.map(Number);
  return (user + nice + system + irq + softirq + steal) / TICKS_PER_SECOND;
}

/**
 * Memory of a process and all its descendants, in MiB: the proportional set size, in which a page that several of them share is
 * counted once (proc(5), `/proc/<pid>/smaps_rollup`). PostgreSQL's processes share most of theirs.
 */
export function treeMiB(root: number): number {
  return treeOf(root).reduce((sum, pid) => sum + kibibytesOf(pid), 0) / KIB_PER_MIB;
}

function statOf(pid: number): Stat | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The fields after the name, which may contain any character.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [parent = 0] = fields.slice(1, 2);
  return { parent, ticks: fields.slice(11, 15).reduce((sum, ticks) => sum + ticks, 0) };
}

function kibibytesOf(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? '')?.[1] ?? 0);
}

/** `undefined` when the process has ended meanwhile. */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
