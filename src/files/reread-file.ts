/** Files that change while a process runs: keys, tokens, secrets. */
import { statSync } from 'node:fs';
import { readSettingFile } from './setting-file';

/** A changed file applies after this time at most. One `stat` a second costs nothing. */
const CHECK_EVERY_MS = 1_000;

export interface RereadFile<Content> {
  readonly file: string;
  /** Reads the text; throws if it is wrong. */
  readonly parse: (text: string) => Content;
  /** Monotonic or wall clock, in milliseconds. */
  readonly now: () => number;
  /** Called when a changed file has been read. */
  readonly changed?: () => void;
  /**
   * Called once when the file is away or wrong, and again only after it was right.
   *
   * @returns what applies meanwhile
   */
  readonly failed: (error: unknown, before: Content) => Content;
}

/**
 * Reads a file at once, and again when it has changed.
 *
 * @returns a function that returns the content; it checks the file if the last check is longer ago than `everyMs`
 * @throws what `readSettingFile` or `parse` throws at the start
 */
export function rereadFile<Content>(options: RereadFile<Content>): (everyMs?: number) => Content {
  const { file, parse, now, changed = () => undefined, failed } = options;
  let version = versionOf(file);
  let content = parse(readSettingFile(file).toString());
  let checkedAt = now();
  let isFailing = false;
  return (everyMs = CHECK_EVERY_MS) => {
    if (now() - checkedAt < everyMs) return content;
    checkedAt = now();
    const found = versionOf(file);
    if (found === version) return content;
    version = found;
    try {
      content = parse(readSettingFile(file).toString());
      isFailing = false;
      changed();
    } catch (error) {
      // It is read again at the next check: it may have been replaced between the two calls.
      version = undefined;
      if (!isFailing) content = failed(error, content);
      isFailing = true;
    }
    return content;
  };
}

/** Changes with the content: Kubernetes and Docker replace the file, editors write to it. `undefined`: it is away. */
function versionOf(file: string): string | undefined {
  try {
    const { ino, size, mtimeMs, ctimeMs } = statSync(file);
    return [ino, size, mtimeMs, ctimeMs].join(':');
  } catch {
    return undefined;
  }
}
