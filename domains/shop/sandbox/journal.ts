import { appendFileSync, closeSync, ftruncateSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** The lines of earlier runs, and the way to add more. */
export interface Journal {
  readonly lines: readonly string[];
  /** When this returns, the operating system has the line: a kill of the process does not lose it, a power cut may. */
  append(line: string): void;
  /** Safe to call again. */
  close(): void;
}

const NEWLINE = 0x0a;
// The journal contains names and addresses of test customers: only its owner may read it.
const OWNER_ONLY = 0o600;

/**
 * Opens the journal, and creates it when it is absent. A last line without its newline was torn by a kill. Its call was
 * never answered, so the line is cut off; otherwise the next line would be appended to it. Without a file, the journal is
 * kept in memory.
 */
export function openJournal(file: string | undefined): Journal {
  if (file === undefined) return { lines: [], append: () => undefined, close: () => undefined };
  mkdirSync(dirname(file), { recursive: true });
  const descriptor = openSync(file, 'a+', OWNER_ONLY);
  let isOpen = true;
  return {
    lines: readWholeLines(descriptor),
    append: (line) => {
      // The number of a closed descriptor is soon reused for another file.
      if (!isOpen) throw new Error('the journal is closed');
      appendFileSync(descriptor, `${line}\n`);
    },
    close: () => {
      if (isOpen) closeSync(descriptor);
      isOpen = false;
    },
  };
}

function readWholeLines(descriptor: number): string[] {
  const bytes = readFileSync(descriptor);
  const end = bytes.lastIndexOf(NEWLINE) + 1;
  if (end < bytes.length) ftruncateSync(descriptor, end);
  return bytes
    .subarray(0, end)
    .toString()
    .split('\n')
    .filter((line) => line !== '');
}
