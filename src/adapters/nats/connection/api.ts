import type { JetStreamManagerOptions, JetStreamOptions, NatsConnection } from 'nats';
import type { Patience } from './patience';

/** Where JetStream's API is, for accounts that reach it under another name; at most one of both. */
export interface ApiSettings {
  /** Of a JetStream behind leaf nodes: its API is `$JS.<domain>.API`. */
  readonly domain?: string | undefined;
  /** Of an API that is imported from another account, such as `JS.hub`. */
  readonly apiPrefix?: string | undefined;
}

const DEFAULT_PREFIX = '$JS.API';
const prefixes = new WeakMap<NatsConnection, string>();

/**
 * The client wants domain and prefix at each `jetstream()` and `jetstreamManager()`; here they belong to the connection, so
 * that no call can forget them. The manager's first request, which asks whether JetStream is there, is made with patience.
 */
export function bindApi(
  connection: NatsConnection,
  { domain, apiPrefix }: ApiSettings,
  patience: Patience,
): NatsConnection {
  const prefix = domain === undefined ? (apiPrefix ?? DEFAULT_PREFIX) : `$JS.${domain}.API`;
  prefixes.set(connection, prefix);
  const jetstream = connection.jetstream.bind(connection);
  const jetstreamManager = connection.jetstreamManager.bind(connection);
  return Object.assign(connection, {
    jetstream: (options?: JetStreamOptions) => jetstream({ apiPrefix: prefix, ...options }),
    jetstreamManager: (options?: JetStreamManagerOptions) =>
      patience(() => jetstreamManager({ apiPrefix: prefix, ...options })),
  });
}

/** For requests that are made without the client's JetStream parts. */
export function apiPrefixOf(connection: NatsConnection): string {
  return prefixes.get(connection) ?? DEFAULT_PREFIX;
}
