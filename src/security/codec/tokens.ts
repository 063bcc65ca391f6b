import { createHash, timingSafeEqual } from 'node:crypto';
import { InvalidConfigError } from '../../contracts';
import type { RereadFile } from '../../files/reread-file';
import { rereadFile } from '../../files/reread-file';

/** How long tokens are used before their file is read again. */
const READ_AGAIN_MS = 5_000;
/** As many characters as 24 random bytes have in base64: nobody guesses one. */
const MIN_LENGTH = 32;

/** Whose token it is; `undefined` if it is none of the file. */
export type TokenOwner = (token: string) => string | undefined;

/** A token with the name of its owner, for the audit. */
interface Token {
  readonly owner: string;
  readonly digest: Buffer;
}

/**
 * Opens a file of bearer tokens, one a line, `<owner>:<token>`; a token without an owner goes by the beginning of its
 * SHA-256. The file is read again every five seconds, so that tokens can be added and revoked without a restart. While
 * it cannot be read, nobody has a token.
 *
 * @throws InvalidConfigError when the file cannot be read at the start, has no token, or has a short one
 */
export function openTokenFile(file: string, setting: string, now: () => number = Date.now): TokenOwner {
  let first = true;
  const parse = (text: string) => {
    const lines = linesIn(text);
    if (first) checkFirst(lines, file, setting);
    first = false;
    return lines.filter(({ token }) => token.length >= MIN_LENGTH).map(tokenOf);
  };
  const tokens = firstRead({ file, parse, now, failed: () => [] }, setting);
  return (token) => {
    const given = digest(token);
    return tokens(READ_AGAIN_MS)
      .filter((known) => timingSafeEqual(known.digest, given))
      .at(-1)?.owner;
  };
}

function firstRead(options: RereadFile<readonly Token[]>, setting: string) {
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

function checkFirst(lines: readonly Line[], file: string, setting: string): void {
  if (lines.length === 0) throw new InvalidConfigError([`${setting}: ${file} has no token; ${HOW}`]);
  if (lines.some(({ token }) => token.length < MIN_LENGTH))
    throw new InvalidConfigError([`${setting}: a token is shorter than ${MIN_LENGTH} characters; ${HOW}`]);
}

const HOW = 'write one a line, <owner>:<token>, made by "openssl rand -base64 32"';

interface Line {
  readonly owner: string | undefined;
  readonly token: string;
}

function linesIn(text: string): Line[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => {
      const [, owner, token = line] = OWNED.exec(line) ?? [];
      return { owner, token };
    });
}

/** Base64 has no colon. */
const OWNED = /^([\w.@-]{1,100}):(.*)$/;
/** Enough of a digest to tell the tokens of one file apart. */
const NAME_DIGITS = 8;

function tokenOf({ owner, token }: Line): Token {
  const hash = digest(token);
  return { owner: owner ?? `token-${hash.toString('hex').slice(0, NAME_DIGITS)}`, digest: hash };
}

/** Digests have the same length, so that their comparison takes the same time for every token. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
