import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectionOptions, NatsConnection } from 'nats';
import { connect, ErrorCode, NatsError } from 'nats';
import type { Log } from '../../../contracts';

/** Interval of the log line while the first connection is pending. */
const STILL_WAITING_MS = 5_000;

/** Thrown when TLS is required by the configuration, and the server offers none. Nothing was sent to it. */
export class NatsNotEncryptedError extends Error {
  override readonly name = 'NatsNotEncryptedError';
  constructor(
    readonly servers: readonly string[],
    options: ErrorOptions,
  ) {
    super(
      `NATS offers no TLS at ${servers.join(', ')}, and the connection was refused: NATS_URL is a tls:// address, or ` +
        'a NATS_TLS_…_FILE is set. Give the server a certificate ("sagaline keys init" makes one).',
      options,
    );
  }
}

/**
 * Makes the first connection, and waits for a server that is not up yet. The log says every few seconds what is wrong.
 * The client's own `waitOnFirstConnect` would hide that: a certificate that has expired looks like a server that is
 * down.
 *
 * @throws NatsNotEncryptedError; NatsError when the server refuses the credentials twice in a row; with `orFail` any
 *   other error, too
 */
export async function firstConnect(
  options: ConnectionOptions & { readonly servers: string[]; readonly reconnectTimeWait: number },
  { log, orFail }: { readonly log: Log; readonly orFail: boolean },
): Promise<NatsConnection> {
  let toldAt = performance.now();
  let refusedBefore = false;
  for (;;) {
    try {
      return await connect(options);
    } catch (error) {
      if (isOption(error)) throw new NatsNotEncryptedError(options.servers, { cause: error });
      const refused = error instanceof NatsError && error.isAuthError();
      if (orFail || (refused && refusedBefore)) throw error;
      refusedBefore = refused;
      if (performance.now() - toldAt >= STILL_WAITING_MS) {
        toldAt = performance.now();
        log.warn({ servers: options.servers, err: error }, 'waiting for NATS (NATS_URL)');
      }
    }
    await sleep(options.reconnectTimeWait);
  }
}

/** The client asks for two options, TLS and `noEcho`, and we do not use the second one. */
function isOption(error: unknown): boolean {
  return error instanceof NatsError && error.code === (ErrorCode.ServerOptionNotAvailable as string);
}
