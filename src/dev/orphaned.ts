/** `npm start` runs our program as a child of npm; when npm is killed with SIGKILL, the child is not notified. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Pause between two checks, shorter than the time in which a person can start again. */
const LOOK_MS = 250;

/** Resolves when npm, which started this process, is gone. Does not keep the process alive. */
export async function untilOrphaned(): Promise<void> {
  const [parent, beyond] = [process.ppid, parentOfShell()];
  while (process.ppid === parent && parentOfShell() === beyond)
    await sleep(LOOK_MS, undefined, { ref: false });
}

const SHELL = /^\d+ \((?:ba|da|a|k|z)?sh\) \S (\d+) /;

/**
 * npm runs scripts through a shell. Most shells replace themselves with the program. Debian's shell stays in between, so it is
 * the shell that gets another parent. On systems other than Linux the shell is not checked: that of macOS replaces itself.
 */
function parentOfShell(): string | undefined {
  try {
    return SHELL.exec(readFileSync(`/proc/${process.ppid}/stat`, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}
