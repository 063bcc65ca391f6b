import type { NatsConnection } from 'nats';
import { Events } from 'nats';
import type { Log } from '../../../contracts';
import type { ApiSettings } from './api';
import { bindApi } from './api';
import type { NatsFiles } from './credentials';
import { checkFiles, userOptions, withoutCredentials } from './credentials';
import { firstConnect } from './first-connect';
import { tlsOptions } from './tls';
import { noPatience, startingPatience } from './patience';

/** Pause between two attempts; a NATS restart takes about a second. */
const RECONNECT_WAIT_MS = 250;
const RECONNECT_JITTER_MS = 250;
/** A dead peer is noticed after two pings without an answer. */
const PING_INTERVAL_MS = 5_000;
/**
 * Time-out of the handshake of one attempt, which takes milliseconds. If a server ends in the middle of it, as in a
 * restart, the client does not notice (seen with 2.29.3): without this time-out it waits for 20 s.
 */
const HANDSHAKE_MS = 3_000;

/** How to reach NATS, and JetStream there. */
export interface NatsSettings extends ApiSettings, NatsFiles {
  /** A `tls://` address, or a file of `tls`, requires TLS: a server without it is refused. */
  readonly url: string;
}

/**
 * Connects to NATS, and reconnects without a limit: with the client's default of ten attempts, a process would stay
 * alive without a connection. It waits for a server that is not up yet, unless `orFail` is set. Only a server that
 * refuses the credentials twice in a row, or offers no TLS though it must, ends the attempts.
 *
 * @param options.url one address, or several with commas between them. The connection uses the user and password of
 *   the first one, or its user alone as a token, unless there is a file with a user
 * @throws NatsNotEncryptedError, InvalidConfigError for a file that cannot be read
 */
export async function connectNats(
  options: NatsSettings & {
    name: string;
    /** Where answers to requests arrive. Default: the client's `_INBOX` */
    inboxPrefix?: string;
    log: Log;
    /** Whether to reject if no server answers at once; for a person at a terminal. */
    orFail?: boolean;
  },
): Promise<NatsConnection> {
  const { name, inboxPrefix, log, orFail = false } = options;
  const given = options.url.split(',');
  checkFiles(options);
  const servers = given.map(withoutCredentials);
  const tls = tlsOptions(servers, options.tls);
  const connection = await firstConnect(
    {
      servers,
      ...userOptions(given, options),
      ...(tls && { tls }),
      ...(inboxPrefix !== undefined && { inboxPrefix }),
      name,
      maxReconnectAttempts: -1,
      reconnectTimeWait: RECONNECT_WAIT_MS,
      reconnectJitter: RECONNECT_JITTER_MS,
      reconnectJitterTLS: RECONNECT_JITTER_MS,
      pingInterval: PING_INTERVAL_MS,
      timeout: HANDSHAKE_MS,
    },
    { log, orFail },
  );
  void logStatus(connection, log);
  return bindApi(connection, options, orFail ? noPatience : startingPatience(log));
}

async function logStatus(connection: NatsConnection, log: Log): Promise<void> {
  for await (const { type, data } of connection.status()) {
    if (type === Events.Disconnect) log.warn({ server: data }, 'NATS is away');
    else if (type === Events.Reconnect) log.info({ server: data }, 'NATS is back');
    else if (type === Events.Error) log.error({ detail: data }, 'NATS reports an error');
  }
}

/** Whether the connection is up at this moment. */
export async function natsIsUp(connection: NatsConnection): Promise<boolean> {
  if (connection.isClosed()) return false;
  const flushed = connection.flush().then(
    () => true,
    () => false,
  );
  return Promise.race([flushed, afterMs(PROBE_MS)]);
}

const PROBE_MS = 1_000;

function afterMs(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), ms).unref());
}

/** Rejects when the connection is closed and will not come back, for example after refused credentials. */
export async function closedForGood(connection: NatsConnection): Promise<never> {
  const error = await connection.closed();
  throw error instanceof Error ? error : new Error('the NATS connection was closed');
}
