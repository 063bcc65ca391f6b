import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { MAX_EVENT_BYTES } from '../../contracts';
import type { Problem } from '../problem';
import { problemOf } from '../problem';

/** For `Accept-Encoding` in the answer to a body that came in another encoding (RFC 9110, section 15.5.16). */
export const ACCEPTED_ENCODINGS = 'gzip, deflate, br';

/** Thrown for a compressed body that is not accepted; `problem` is the answer. */
export class BodyRefusedError extends Error {
  override readonly name = 'BodyRefusedError';

  constructor(
    readonly problem: Problem,
    /** For `Accept-Encoding` in a 415. */
    readonly accepted = ACCEPTED_ENCODINGS,
    options?: ErrorOptions,
  ) {
    super(problem.detail, options);
  }
}

const inflators = {
  gzip: promisify(gunzip),
  zlib: promisify(inflate),
  deflate: promisify(inflateRaw),
  br: promisify(brotliDecompress),
};

/**
 * Decompresses a body. It stops at the largest size of an event, so that a small body cannot become a huge one.
 *
 * @throws BodyRefusedError if the body is too large, unreadable, or in an encoding that is not supported
 */
export async function decompressed(body: Buffer, contentEncoding: string): Promise<Buffer> {
  const inflator = inflatorOf(contentEncoding.trim().toLowerCase(), body);
  try {
    return await inflator(body, { maxOutputLength: MAX_EVENT_BYTES });
  } catch (cause) {
    throw new BodyRefusedError(isTooLarge(cause) ? TOO_LARGE : unreadable(contentEncoding), undefined, {
      cause,
    });
  }
}

function inflatorOf(encoding: string, body: Buffer): (typeof inflators)['gzip'] {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return inflators.gzip;
    case 'deflate':
      // RFC 9110 means zlib's format, but some clients send raw deflate. The first byte of zlib's header has 8 in its
      // low four bits.
      return ((body[0] ?? 0) & 0x0f) === 8 ? inflators.zlib : inflators.deflate;
    case 'br':
      return inflators.br;
    default:
      throw new BodyRefusedError({
        status: 415,
        reason: 'unsupported-content-encoding',
        title: 'the content encoding is not one that Sagaline reads',
        detail: `"${encoding}" is none of ${ACCEPTED_ENCODINGS}`,
      });
  }
}

/** Whether a body with this `Content-Encoding` is another one as it is sent. */
export function isCompressed(encoding: string | undefined): encoding is string {
  return encoding !== undefined && !NOT_COMPRESSED.has(encoding.trim().toLowerCase());
}

const NOT_COMPRESSED: ReadonlySet<string> = new Set(['', 'identity']);

/** The refusal of a body in this encoding by a route that takes none. */
export function uncompressedOnly(encoding: string | undefined): BodyRefusedError | undefined {
  return isCompressed(encoding) ? new BodyRefusedError(UNCOMPRESSED, 'identity') : undefined;
}

/**
 * The most requests at once whose bodies were sent compressed. Such a body may be a thousand times as large as what
 * was sent; all together they have 64 MiB.
 */
const MOST_EXPANDED = 256;
/** When to send again, in seconds: most requests take milliseconds. */
const RETRY_AFTER_S = 1;

/** The requests whose decompressed bodies the process holds. */
export interface Expansions {
  /** @throws BodyRefusedError if there are too many at the moment */
  readonly begin: (request: object) => void;
  readonly end: (request: object) => void;
}

export function expansions(most = MOST_EXPANDED): Expansions {
  const holding = new Set<object>();
  return {
    begin: (request: object) => {
      if (holding.size >= most) throw new BodyRefusedError(BUSY);
      holding.add(request);
    },
    end: (request: object) => void holding.delete(request),
  };
}

const BUSY: Problem = {
  status: 503,
  reason: 'too-many-compressed',
  title: 'too many compressed bodies at the moment',
  detail: 'Send the same request again, or without compression.',
  retryAfterS: RETRY_AFTER_S,
};

const UNCOMPRESSED: Problem = {
  status: 415,
  reason: 'unsupported-content-encoding',
  title: 'the content encoding is not one that Sagaline reads',
  detail: 'the calls of this provider are not compressed: send the body as it is',
};

function isTooLarge(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE';
}

const TOO_LARGE = problemOf({
  reason: 'too-large',
  detail: `the body is too large: at most ${MAX_EVENT_BYTES} bytes are allowed, after decompression too`,
});

function unreadable(encoding: string): Problem {
  return {
    status: 400,
    reason: 'bad-request',
    title: 'this is no request that can be answered',
    detail: `the body is not what its content encoding ${encoding} says`,
  };
}
