// Distinguishes a process from every other one that had its pid before, or gets it afterwards.
import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';

export interface ProcessIdentity {
  pid: number;
  /** When and where it was started, as reported by the system. Equal texts for one pid mean one process. */
  started: string;
}

/**
 * Identifies the process that has this pid now. Returns undefined if no process has it, or only an ended one whose exit code has
 * not been read.
 *
 * The start time identifies the process: no process can choose it, and every user may read it. A random token in the child's
 * environment would have to be read back, and in a container root may not read the environment of PostgreSQL's user. Linux counts
 * the time in hundredths of a second since the boot, so the text also has the id of the boot, and the id of the pid namespace: in
 * another container the same numbers mean another process. The time stays the same over `exec`. macOS reports a date in whole
 * seconds; it assigns 99,999 other pids before it reuses one.
 */
export function identify(pid: number): ProcessIdentity | undefined {
  const started = process.platform === 'linux' ? startedOnLinux(pid) : startedByPs(pid);
  return started === undefined ? undefined : { pid, started };
}

/** Whether exactly this process still runs. */
export function isRunning({ pid, started }: ProcessIdentity): boolean {
  return identify(pid)?.started === started;
}

// Fields of /proc/<pid>/stat after the name of the program, which may contain spaces and brackets (proc(5), from field 3 on).
const STATE = 3 - 3;
const START_TIME = 22 - 3;

function startedOnLinux(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, time] = [fields?.[STATE], fields?.[START_TIME]];
  if (state === undefined || time === undefined || hasEnded(state)) return undefined;
  return [read('/proc/sys/kernel/random/boot_id')?.trim(), readlinkSync('/proc/self/ns/pid'), time].join(' ');
}

function startedByPs(pid: number): string | undefined {
  // The date is in the language and time zone of the environment, which may differ at the next start.
  const env = { LC_ALL: 'C', TZ: 'UTC0' };
  const question = ['-o', 'state=,lstart=', '-p', String(pid)];
  const answer = attempt(() => execFileSync('/bin/ps', question, { env, encoding: 'utf8', stdio: 'pipe' }));
  const [state, ...date] = answer?.trim().split(/\s+/) ?? [];
  return state === undefined || date.length === 0 || hasEnded(state) ? undefined : date.join(' ');
}

/** A zombie does nothing any more. Where no parent reads the exit codes of orphans, it stays for ever. */
function hasEnded(state: string): boolean {
  return /^[ZX]/.test(state);
}

function read(file: string): string | undefined {
  return attempt(() => readFileSync(file, 'utf8'));
}

function attempt(ask: () => string): string | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}
