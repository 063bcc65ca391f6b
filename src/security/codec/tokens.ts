import { createHash, timingSafeEqual } from 'node:crypto';
import { InvalidConfigError } from '../../contracts';
import type { RereadFile } from '../../files/reread-file';
import { rereadFile } from '../../files/reread-file';

/** How long tokens are used before their file is read again. */
const READ_AGAIN_MS = 5_000;
/** As many characters as 24 random bytes have in base64: nobody guesses one. */
const MIN_LENGTH = 32;

/** Whether the tokens of a file include this one. */
export type IsToken = (token: string) => boolean;

/**
 * Opens a file of bearer tokens, one a line. It is read again every five seconds, so that tokens can be added and
 * revoked without a restart. While it cannot be read, nobody has a token.
 *
 * @throws InvalidConfigError when the file cannot be read at the start, has no token, or has a short one
 */
export function openTokenFile(file: string, setting: string, now: () => number = Date.now): IsToken {
  let first = true;
  const parse = (text: string) => {
    const lines = linesIn(text);
    if (first) checkFirst(lines, file, setting);
    first = false;
    return lines.filter((line) => line.length >= MIN_LENGTH).map(digest);
  };
  const tokens = firstRead({ file, parse, now, failed: () => [] }, setting);
  return (token) => {
    const given = digest(token);
    return tokens(READ_AGAIN_MS).filter((known) => timingSafeEqual(known, given)).length > 0;
  };
}

function firstRead(options: RereadFile<readonly Buffer[]>, setting: string) {
  try {
    return rereadFile(options);
  } catch (error) {
    if (error instanceof InvalidConfigError) throw error;
    const { code = 'unreadable' } = error as NodeJS.ErrnoException;
    throw new InvalidConfigError(
      [`${setting}: ${options.file} cannot be read (${code}); put the tokens there`],
      { cause: error },
    );
  }
}

function checkFirst(lines: readonly string[], file: string, setting: string): void {
  if (lines.length === 0) throw new InvalidConfigError([`${setting}: ${file} has no token; ${HOW}`]);
  if (lines.some((line) => line.length < MIN_LENGTH))
    throw new InvalidConfigError([`${setting}: a token is shorter than ${MIN_LENGTH} characters; ${HOW}`]);
}

const HOW = 'write one a line, made by "openssl rand -base64 32"';

function linesIn(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean);
}

/** Digests have the same length, so that their comparison takes the same time for every token. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
