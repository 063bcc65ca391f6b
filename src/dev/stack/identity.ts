// What tells a process from every other that had its id before, or gets it afterwards.
import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';

export interface ProcessIdentity {
  pid: number;
  /** When and where it was started, as the system tells it. Equal texts for one pid mean one process. */
  started: string;
}

/**
 * The process that has this id now; undefined when there is none, or only the exit code of one that has ended.
 *
 * The proof is the start time, because nobody can choose it and everybody may read it. A random token in the child's
 * environment would have to be read back: in a container, root may not read that of PostgreSQL's user.
 * Linux counts the time in hundredths of a second since the boot, so that the boot's id belongs to it, and the id of
 * the pid namespace: in another container the same numbers mean another process. It stays the same over `exec`.
 * macOS tells a date of whole seconds; it hands out 99,999 other ids before one comes again.
 */
export function identify(pid: number): ProcessIdentity | undefined {
  const started = process.platform === 'linux' ? startedOnLinux(pid) : startedByPs(pid);
  return started === undefined ? undefined : { pid, started };
}

/** Whether that very process still runs. */
export function isRunning({ pid, started }: ProcessIdentity): boolean {
  return identify(pid)?.started === started;
}

// Fields of /proc/<pid>/stat behind the name of the program, which may hold spaces and brackets (proc(5), from 3 on).
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
  // The date comes in the words and the time zone of the environment: both may be others at the next start.
  const env = { LC_ALL: 'C', TZ: 'UTC0' };
  const question = ['-o', 'state=,lstart=', '-p', String(pid)];
  const answer = attempt(() => execFileSync('/bin/ps', question, { env, encoding: 'utf8', stdio: 'pipe' }));
  const [state, ...date] = answer?.trim().split(/\s+/) ?? [];
  return state === undefined || date.length === 0 || hasEnded(state) ? undefined : date.join(' ');
}

/** A zombie does nothing any more; where nobody collects the exit codes of orphans it stays for good. */
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
