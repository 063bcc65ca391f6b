import { z } from 'zod';
import { port } from './kinds';

/** As browsers send them: scheme, host and port, no path. */
const origins = z
  .string()
  .transform((text) => text.split(',').map((origin) => origin.trim()))
  .refine(
    (list) => list.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin),
    'must be origins such as https://temporal.example.com, without a path, separated by commas',
  );

/** The codec server, which decrypts for the Temporal UI and CLI: docs/payload-encryption.md. */
export const codecServerShape = {
  CODEC_SERVER_HOST: z.string().min(1).default('127.0.0.1'),
  CODEC_SERVER_PORT: port(8082),
  /** A file with the bearer tokens that may decrypt, one a line. It is read again every few seconds. */
  CODEC_SERVER_TOKEN_FILE: z.string().min(1).optional(),
  /** A file with the bearer tokens that may encrypt, too, as for signals by hand. Without it, nobody may. */
  CODEC_SERVER_ENCODE_TOKEN_FILE: z.string().min(1).optional(),
  /** The origins of the Temporal UIs that may ask, such as https://temporal.example.com, with commas between them. */
  CODEC_SERVER_ORIGINS: origins.default([]),
};
