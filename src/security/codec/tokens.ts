import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { InvalidConfigError } from '../../contracts';

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
  let tokens = firstTokens(file, setting);
  let readAt = now();
  return (token) => {
    if (now() - readAt >= READ_AGAIN_MS) {
      readAt = now();
      tokens = laterTokens(file);
    }
    const given = digest(token);
    return tokens.filter((known) => timingSafeEqual(known, given)).length > 0;
  };
}

function firstTokens(file: string, setting: string): readonly Buffer[] {
  let lines: string[];
  try {
    lines = linesOf(file);
  } catch (error) {
    const { code = 'unreadable' } = error as NodeJS.ErrnoException;
    throw new InvalidConfigError([`${setting}: ${file} cannot be read (${code}); put the tokens there`], {
      cause: error,
    });
  }
  if (lines.length === 0) throw new InvalidConfigError([`${setting}: ${file} has no token; ${HOW}`]);
  if (lines.some((line) => line.length < MIN_LENGTH))
    throw new InvalidConfigError([`${setting}: a token is shorter than ${MIN_LENGTH} characters; ${HOW}`]);
  return lines.map(digest);
}

const HOW = 'write one a line, made by "openssl rand -base64 32"';

function laterTokens(file: string): readonly Buffer[] {
  try {
    return linesOf(file)
      .filter((line) => line.length >= MIN_LENGTH)
      .map(digest);
  } catch {
    return [];
  }
}

function linesOf(file: string): string[] {
  return readFileSync(file, 'utf8')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean);
}

/** Digests have the same length, so that their comparison takes the same time for every token. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
