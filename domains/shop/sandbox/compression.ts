import { gzipSync } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** An `onSend` hook: compresses every answer for a client that takes gzip, as the servers of providers do. */
export function compressed(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  done: (error: Error | null, payload?: unknown) => void,
): void {
  void reply.header('vary', 'accept-encoding');
  if (typeof payload !== 'string' || payload === '' || !takesGzip(request.headers['accept-encoding'])) {
    done(null, payload);
    return;
  }
  void reply.header('content-encoding', 'gzip').removeHeader('content-length');
  done(null, gzipSync(payload));
}

/** Whether the header `accept-encoding` (RFC 9110, section 12.5.3) allows gzip. */
export function takesGzip(header: string | string[] | undefined): boolean {
  const codings = new Map(
    String(header ?? '')
      .toLowerCase()
      .split(',')
      .map((entry) => {
        const [coding = '', ...parameters] = entry.split(';').map((part) => part.trim());
        const weight = parameters.find((parameter) => parameter.startsWith('q='));
        return [coding, weight === undefined ? 1 : Number(weight.slice(2))] as const;
      }),
  );
  return (codings.get('gzip') ?? codings.get('*') ?? 0) > 0;
}
