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
  if (!inflator) return body;
  try {
    return await inflator(body, { maxOutputLength: MAX_EVENT_BYTES });
  } catch (cause) {
    throw new BodyRefusedError(isTooLarge(cause) ? TOO_LARGE : unreadable(contentEncoding), { cause });
  }
}

/** `undefined` for a body that is not compressed. */
function inflatorOf(encoding: string, body: Buffer): (typeof inflators)['gzip'] | undefined {
  switch (encoding) {
    case '':
    case 'identity':
      return undefined;
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
