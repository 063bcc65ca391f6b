// Ends processes that still run after their starter was killed: its watchdogs were killed with it, or have not finished.
import { setTimeout as sleep } from 'node:timers/promises';
import { STOP_GRACE_MS } from './child';
import { FolderInUseError } from './folder-lock';
import { isRunning } from './identity';
import { clearRecord, readRecord, type ProcessNote } from './record';

/** Thrown when a leftover process cannot be ended: processes started beside it would share its ports and its data. */
export class LeftoverError extends Error {
  override readonly name = 'LeftoverError';

  constructor(
    readonly process: string,
    readonly pid: number,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(
      `${process} (pid ${pid}) is left over by a run that was killed, and ${problem}. End it first.`,
      options,
    );
  }
}

const LOOK_MS = 100;
// SIGKILL works at once, except on a process that waits for its disk.
const KILL_GRACE_MS = 10_000;

/**
 * Ends the processes that the folder's record names and that are provably still the same ones, in the order of an ordinary end.
 * Call it with the folder's lock held. Throws `FolderInUseError` when the starter of such a process still runs (in another
 * network namespace it has not seen this lock), and `LeftoverError`.
 */
export async function endLeftovers(dataDir: string, log: (line: string) => void): Promise<void> {
  const left = readRecord(dataDir, log).filter(isRunning);
  if (left.some(({ startedBy }) => startedBy.pid !== process.pid && isRunning(startedBy))) {
    throw new FolderInUseError(dataDir);
  }
  const turns = [...new Set(left.map(({ turn }) => turn))].sort((one, other) => one - other);
  for (const turn of turns) {
    await Promise.all(left.filter((note) => note.turn === turn).map((note) => end(note, log)));
  }
  clearRecord(dataDir);
}

async function end(note: ProcessNote, log: (line: string) => void): Promise<void> {
  const { name, pid, stopSignal } = note;
  if (stopSignal !== undefined) signal(note, stopSignal);
  if (!(await hasEnded(note, STOP_GRACE_MS))) {
    log(`${name} (pid ${pid}), left over, did not end within ${STOP_GRACE_MS / 1000} s, killing it`);
    signal(note, 'SIGKILL');
    if (!(await hasEnded(note, KILL_GRACE_MS))) throw new LeftoverError(name, pid, 'does not end');
  }
  if (stopSignal !== undefined) log(`ended ${name} (pid ${pid}), left over by a run that was killed`);
}

/** The pid cannot be reused between this check and the signal. */
function signal(note: ProcessNote, name: NodeJS.Signals): void {
  if (!isRunning(note)) return;
  try {
    process.kill(note.pid, name);
  } catch (cause) {
    // The process has ended in between, or this user may not end it.
    if (isRunning(note)) throw new LeftoverError(note.name, note.pid, 'this user may not end it', { cause });
  }
}

async function hasEnded(note: ProcessNote, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (isRunning(note)) {
    if (Date.now() > deadline) return false;
    await sleep(LOOK_MS);
  }
  return true;
}
