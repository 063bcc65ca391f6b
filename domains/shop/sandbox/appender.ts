/** The little that appending needs of a file; `FileHandle` has it. */
export interface AppendFile {
  appendFile(text: string): Promise<void>;
  datasync(): Promise<void>;
  close(): Promise<void>;
}

/** Appends lines in the order of the calls. After a failed write every later call fails alike: a gap would be a lie. */
export interface Appender {
  /** Resolves when the line is on the disk, past any kill or loss of power. */
  append(line: string): Promise<void>;
  /** Writes the line soon; for what may be lost with the power. */
  note(line: string): void;
  /** Resolves when everything appended so far is on the disk. */
  flushed(): Promise<void>;
  /** Writes what waits, then closes the file. Safe to call again. */
  close(): Promise<void>;
}

/** Thrown for a line that comes after `close`. */
export class JournalClosedError extends Error {
  override readonly name = 'JournalClosedError';
}

/** Lines that arrive while the disk is busy go together in the next write, with one sync for all of them. */
export function createAppender(file: AppendFile): Appender {
  let waiting: string[] = [];
  let syncWanted = false;
  let nextBatch: Promise<void> | undefined;
  let last: Promise<void> = Promise.resolve();
  let closing: Promise<void> | undefined;

  async function writeBatch(): Promise<void> {
    const text = waiting.join('');
    const sync = syncWanted;
    waiting = [];
    syncWanted = false;
    nextBatch = undefined;
    await file.appendFile(text);
    if (sync) await file.datasync();
  }

  function enqueue(line: string): Promise<void> {
    waiting.push(`${line}\n`);
    if (nextBatch === undefined) {
      nextBatch = last.then(writeBatch);
      // Whoever appended sees the failure; a batch of notes has nobody to see it.
      nextBatch.catch(() => undefined);
      last = nextBatch;
    }
    return nextBatch;
  }

  return {
    append: (line) => {
      if (closing) return Promise.reject(new JournalClosedError('the journal is closed'));
      syncWanted = true;
      return enqueue(line);
    },
    note: (line) => {
      if (!closing) void enqueue(line);
    },
    flushed: () => last,
    close: () => (closing ??= last.catch(() => undefined).then(() => file.close())),
  };
}
