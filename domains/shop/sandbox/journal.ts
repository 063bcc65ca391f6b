import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createAppender, type Appender } from './appender';

/** The lines of earlier lives, and the way to add more. */
export interface Journal extends Appender {
  readonly lines: readonly string[];
}

const NEWLINE = 0x0a;
// It holds the names and addresses of test customers: nobody else's business.
const OWNER_ONLY = 0o600;

/**
 * Opens the journal, made when absent. A last line without its newline was torn by a kill: it was never answered for,
 * and is cut off, or the next line would be glued to it. Without a file: a journal in memory, which forgets.
 */
export async function openJournal(file: string | undefined): Promise<Journal> {
  if (file === undefined) return { lines: [], ...createAppender(nowhere) };
  await mkdir(dirname(file), { recursive: true });
  const handle = await open(file, 'a+', OWNER_ONLY);
  try {
    return { lines: await readWholeLines(handle), ...createAppender(handle) };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function readWholeLines(handle: FileHandle): Promise<string[]> {
  const bytes = await handle.readFile();
  const end = bytes.lastIndexOf(NEWLINE) + 1;
  if (end < bytes.length) await handle.truncate(end);
  return bytes
    .subarray(0, end)
    .toString()
    .split('\n')
    .filter((line) => line !== '');
}

const nowhere = {
  appendFile: () => Promise.resolve(),
  datasync: () => Promise.resolve(),
  close: () => Promise.resolve(),
};
