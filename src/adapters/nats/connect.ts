import type { NatsConnection } from 'nats';
import { connect, Events } from 'nats';
import type { Log } from '../../contracts';

/** Between two attempts; a NATS restart takes about a second. */
const RECONNECT_WAIT_MS = 250;
const RECONNECT_JITTER_MS = 250;
/** A dead peer is noticed after two of these without an answer. */
const PING_INTERVAL_MS = 5_000;

/**
 * A connection that never gives up: the client's default of ten attempts would leave a process alive and deaf. It waits
 * for a server that is not up yet.
 */
export async function connectNats(options: { url: string; name: string; log: Log }): Promise<NatsConnection> {
  const connection = await connect({
    servers: options.url.split(','),
    name: options.name,
    maxReconnectAttempts: -1,
    waitOnFirstConnect: true,
    reconnectTimeWait: RECONNECT_WAIT_MS,
    reconnectJitter: RECONNECT_JITTER_MS,
    pingInterval: PING_INTERVAL_MS,
  });
  void logStatus(connection, options.log);
  return connection;
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
