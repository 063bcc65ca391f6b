import { z } from 'zod';
import { port } from './kinds';

/** The operators' console: docs/console.md. */
export const consoleShape = {
  /** Without keys (API_KEYS_FILE, JWT_JWKS_…) the console is open, and listens on loopback addresses only. */
  CONSOLE_HOST: z.string().min(1).default('127.0.0.1'),
  CONSOLE_PORT: port(8083),
};
