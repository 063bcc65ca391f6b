import type { Log } from '../../contracts';
import { errorMessage, InvalidConfigError } from '../../contracts';
import { rereadFile } from '../../files/reread-file';

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
 * Reads a file at once, and again within a second of a change. While it is away or wrong, the former content applies,
 * and the log has an error.
 *
 * @returns a function that returns the latest content
 * @throws InvalidConfigError if the file cannot be read at the start
 */
export function watchedFile<Content>(options: WatchedFileOptions<Content>): () => Content {
  const { setting, file, parse, now, log } = options;
  try {
    return rereadFile({
      ...{ file, parse, now },
      changed: () => log.info({ file }, `${setting}: read again`),
      failed: (err, before) => {
        log.error({ err, file }, `${setting}: the changed file cannot be used, the former content applies`);
        return before;
      },
    });
  } catch (error) {
    throw new InvalidConfigError([`${setting}: ${file} cannot be used: ${errorMessage(error)}`], {
      cause: error,
    });
  }
}
