import { z } from 'zod';
import { file, urls } from './kinds';

/** How a process reaches NATS, and JetStream there. */
export const natsShape = {
  NATS_URL: urls(/^(nats|tls)$/, 'nats://127.0.0.1:4222 or tls://nats.example.com:4222'),
  /**
   * JetStream's domain, if it is behind leaf nodes: its API is `$JS.<domain>.API`. It excludes `NATS_JS_API_PREFIX`.
   */
  NATS_JS_DOMAIN: z
    .string()
    .regex(/^[^\s.*>]+$/, 'must be one word without ".", "*" and ">"')
    .optional(),
  /** The prefix of JetStream's API if it is imported from another account, such as `JS.hub`. */
  NATS_JS_API_PREFIX: z
    .string()
    .regex(/^[^\s.*>]+(\.[^\s.*>]+)*$/, 'must be a subject without wildcards, such as JS.hub')
    .optional(),
  /**
   * Files for TLS: the authorities that sign the server's certificate (default: those of Node.js), and this process's
   * own certificate and key. With one of them, or with a `tls://` address, a server without TLS is refused. All files
   * are read again when the connection is made anew.
   */
  NATS_TLS_CA_FILE: file,
  NATS_TLS_CERT_FILE: file,
  NATS_TLS_KEY_FILE: file,
  /** The user of this process: its seed, as `sagaline keys init` writes it, or a JWT and a seed, as `nsc` does. */
  NATS_NKEY_FILE: file,
  NATS_CREDS_FILE: file,
  /** The user that removes old messages, for the bridge. Without it, the bridge's own user does that. */
  NATS_HOUSEKEEPING_NKEY_FILE: file,
  NATS_HOUSEKEEPING_CREDS_FILE: file,
};
