import { errorMessage, InvalidConfigError } from '../../contracts';
import type { RereadFile } from '../../files/reread-file';
import { rereadFile } from '../../files/reread-file';
import type { KeyRing } from './key-ring';
import { parseKeyRing } from './key-ring';

/** How long a ring is used before its file is read again: a new key is in the file this long before it encrypts. */
const READ_AGAIN_MS = 5_000;
/** A payload with an unknown key id makes the file be read earlier, but not more often than this. */
const READ_AT_ONCE_MS = 1_000;

/** The ring of a file that changes. */
export interface KeyFile {
  current(): KeyRing;
  /** The ring as the file has it now: for a payload with an unknown key id. */
  newest(): KeyRing;
}

/**
 * Opens the file of a key ring. It is read again every five seconds, so that keys rotate without a restart. While the
 * file is missing or wrong, the last ring stays. So it does when a key is gone, until the next look: half of a file that
 * is being written may be a valid ring, and what was encrypted with the missing key would be refused for good.
 *
 * @param parts.unreadable called once when the file becomes wrong
 * @param parts.setting names the file in errors
 * @throws InvalidConfigError when the file is missing or wrong at the start
 */
export function openKeyFile(
  file: string,
  {
    now = Date.now,
    unreadable = () => undefined,
    setting = 'PAYLOAD_KEYS_FILE',
  }: {
    readonly now?: () => number;
    readonly unreadable?: (why: string) => void;
    readonly setting?: string;
  } = {},
): KeyFile {
  let latest: KeyRing | undefined;
  let doubtful: string | undefined;
  const parse = (text: string): KeyRing => {
    const ring = parseKeyRing(text, setting);
    const gone = latest?.ids.find((id) => ring.find(id) === undefined);
    const isNew = doubtful !== text;
    doubtful = gone === undefined ? undefined : text;
    if (gone !== undefined && isNew)
      throw new Error(`the key "${gone}" is gone: the file applies if it is the same at the next look`);
    return (latest = ring);
  };
  const read = firstRead(setting, {
    ...{ file, parse, now },
    failed: (error, before) => {
      unreadable(errorMessage(error));
      return before;
    },
  });
  return { current: () => read(READ_AGAIN_MS), newest: () => read(READ_AT_ONCE_MS) };
}

function firstRead(setting: string, options: RereadFile<KeyRing>): (everyMs: number) => KeyRing {
  try {
    return rereadFile(options);
  } catch (error) {
    if (error instanceof InvalidConfigError) throw error;
    const { code = 'unreadable' } = error as NodeJS.ErrnoException;
    throw new InvalidConfigError(
      [`${setting}: ${options.file} cannot be read (${code}); put the keys there, or set another file`],
      { cause: error },
    );
  }
}
