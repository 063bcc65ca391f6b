/** `npm start` is npm with our program as its child: a SIGKILL of npm tells the child nothing. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Starting again takes a person longer than this. */
const LOOK_MS = 250;

/** Resolves when npm, which started this process, has gone. Doesn't keep the program alive. */
export async function untilOrphaned(): Promise<void> {
  const [parent, beyond] = [process.ppid, parentOfShell()];
  while (process.ppid === parent && parentOfShell() === beyond)
    await sleep(LOOK_MS, undefined, { ref: false });
}

const SHELL = /^\d+ \((?:ba|da|a|k|z)?sh\) \S (\d+) /;

/**
 * npm runs scripts through a shell. Most shells become the program, Debian's stays in between, and then it is the shell
 * that gets another parent. Elsewhere than on Linux the shell is never asked: macOS's is one that becomes the program.
 */
function parentOfShell(): string | undefined {
  try {
    return SHELL.exec(readFileSync(`/proc/${process.ppid}/stat`, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}
