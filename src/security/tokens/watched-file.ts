import { readFileSync, statSync } from 'node:fs';
import type { Log } from '../../contracts';
import { errorMessage, InvalidConfigError } from '../../contracts';

/** A changed file applies after this time at most. One `stat` a second costs nothing. */
const CHECK_EVERY_MS = 1_000;

export interface WatchedFileOptions<Content> {
  /** The setting with the path, for messages. */
  readonly setting: string;
  readonly file: string;
  /** Reads the text; throws an error that says what is wrong with it. */
  readonly parse: (text: string) => Content;
  readonly now: () => number;
  readonly log: Log;
}

/**
 * Reads a file at once, and again when it has changed. A changed file that cannot be read leaves the former content, and
 * is logged as an error.
 *
 * @returns a function that returns the latest content
 * @throws InvalidConfigError if the file cannot be read at the start
 */
export function watchedFile<Content>(options: WatchedFileOptions<Content>): () => Content {
  const { setting, file, parse, now, log } = options;
  let content: Content;
  let version: string;
  let checkedAt = now();
  try {
    version = versionOf(file);
    content = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new InvalidConfigError([`${setting}: ${file} cannot be used: ${errorMessage(error)}`], {
      cause: error,
    });
  }
  return () => {
    if (now() - checkedAt < CHECK_EVERY_MS) return content;
    checkedAt = now();
    try {
      const current = versionOf(file);
      if (current === version) return content;
      version = current;
      content = parse(readFileSync(file, 'utf8'));
      log.info({ file }, `${setting}: read again`);
    } catch (error) {
      version = '';
      log.error(
        { err: error, file },
        `${setting}: the changed file cannot be used, the former content applies`,
      );
    }
    return content;
  };
}

/** A secret that Kubernetes mounts is a link to another file after a change: the inode tells. */
function versionOf(file: string): string {
  const { mtimeMs, ino, size } = statSync(file);
  return `${mtimeMs} ${ino} ${size}`;
}
