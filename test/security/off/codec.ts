import type { FastifyInstance } from 'fastify';
import { createCodecServer, openKeyFile } from '../../../src/security/codec';

/** The site of the attacker. */
export const EVIL_ORIGIN = 'https://evil.example';

/** A codec server for everybody, and for the pages of every site. */
export function openCodecServer(keysFile: string): FastifyInstance {
  return createCodecServer({
    keys: openKeyFile(keysFile),
    mayDecode: () => true,
    mayEncode: () => true,
    origins: [EVIL_ORIGIN],
  });
}
