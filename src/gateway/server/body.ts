import type { FastifyRequest } from 'fastify';
import { unencapsulated } from '../encapsulation';
import { decompressed } from './compression';

/**
 * Reads each body as the bytes that were sent: signatures are over bytes, and the engine's own JSON reader has its own
 * limits.
 */
export const rawBody = unencapsulated((scope) => {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(
    '*',
    { parseAs: 'buffer' },
    async ({ headers: { 'content-encoding': encoding } }: FastifyRequest, body: Buffer) =>
      encoding === undefined ? body : decompressed(body, encoding),
  );
});

/** The bytes of a request that {@link rawBody} has read; empty if it has no body. */
export function bytesOf(body: unknown): Uint8Array {
  return Buffer.isBuffer(body) ? body : new Uint8Array();
}
