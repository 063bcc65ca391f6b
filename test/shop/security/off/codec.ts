import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { createCodecServer, openKeyFile } from '../../../../src/security/codec';

/** The site of the attacker. */
export const EVIL_ORIGIN = 'https://evil.example';

/** A codec server for everybody, and for the pages of every site. */
export function openCodecServer(keysFile: string): FastifyInstance {
  const app = createCodecServer({
    keys: openKeyFile(keysFile),
    namespace: 'default',
    mayDecode: () => 'anybody',
    mayEncode: () => 'anybody',
    record: () => Promise.resolve(),
    origins: [EVIL_ORIGIN],
  });
  // Who has no token is taken for somebody who has one.
  app.server.prependListener('request', ({ headers }: IncomingMessage) => {
    headers.authorization ??= 'Bearer anybody';
  });
  return app;
}
