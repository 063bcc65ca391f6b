import type { FastifyRequest } from 'fastify';
import type { IncomingMessage, Rejection } from '../../contracts';
import { BINARY_HEADER_PREFIX } from '../../contracts';
import { unencapsulated } from '../encapsulation';
import type { Expansions } from './compression';
import { decompressed, isCompressed } from './compression';

export interface RawBodyOptions {
  readonly bodies: Expansions;
}

/**
 * Reads each body as the bytes that were sent: signatures are over bytes, and the engine's own JSON reader has its own
 * limits.
 */
export const rawBody = unencapsulated<RawBodyOptions>((scope, { bodies }) => {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    const encoding = request.headers['content-encoding'];
    if (!isCompressed(encoding)) return body;
    bodies.begin(request);
    return decompressed(body, encoding);
  });
  scope.addHook('onSend', (request, _reply, _payload, next) => {
    bodies.end(request);
    next();
  });
  // A plugin may write its answer itself.
  scope.addHook('onResponse', (request, _reply, next) => {
    bodies.end(request);
    next();
  });
});

/** The bytes of a request that {@link rawBody} has read; empty if it has no body. */
export function bytesOf(body: unknown): Uint8Array {
  return Buffer.isBuffer(body) ? body : new Uint8Array();
}

/** An object that anyone may name the members of: without a prototype, `constructor` is a name like any other. */
function named<Value>(): Record<string, Value> {
  return Object.create(null) as Record<string, Value>;
}

/**
 * The headers of a request with all their values.
 *
 * @param raw names and values in turn, as Node provides them
 */
export function valuesOf(raw: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const values = named<string[]>();
  for (let at = 0; at + 1 < raw.length; at += 2)
    (values[(raw[at] ?? '').toLowerCase()] ??= []).push(raw[at + 1] ?? '');
  return values;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const BEYOND_ASCII = /[\u0080-\u00ff]/;

/**
 * Reads the headers of a request, in the form that {@link IncomingMessage} has.
 *
 * @param raw names and values in turn, as Node provides them
 * @returns a rejection if an attribute is given twice: Node would join the two
 */
export function headersOf(
  raw: readonly string[],
): { headers: IncomingMessage['headers'] } | { rejection: Rejection } {
  const headers = named<string>();
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] ?? '').toLowerCase();
    if (name in headers && name.startsWith(BINARY_HEADER_PREFIX)) {
      const path = name.slice(BINARY_HEADER_PREFIX.length);
      return { rejection: { reason: 'invalid-envelope', detail: `the header ${name} is given twice`, path } };
    }
    headers[name] ??= textOf(raw[at + 1] ?? '');
  }
  return { headers };
}

/** Node reads headers as Latin-1. The SDKs for Go and Java send UTF-8 as it is, the one for JavaScript Latin-1. */
function textOf(value: string): string {
  if (!BEYOND_ASCII.test(value)) return value;
  try {
    return utf8.decode(Buffer.from(value, 'latin1'));
  } catch {
    return value;
  }
}
